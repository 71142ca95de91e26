import { roughJsonSize } from './json-size.js';

const CHUNK = 64 * 1024;
const DEEPEST = 1_000;

/**
 * What `JSON.stringify` would give, in pieces of about 64 KiB: writing a value costs no second copy of it.
 * @throws TypeError for what JSON cannot hold: a bigint, or a value that holds itself
 */
export function* jsonChunks(value: unknown): Generator<Buffer> {
  let pending = '';
  for (const piece of pieces(value, '', 0)) {
    pending += piece;
    if (pending.length < CHUNK) continue;
    yield Buffer.from(pending);
    pending = '';
  }
  if (pending !== '') yield Buffer.from(pending);
}

function* pieces(given: unknown, key: string, depth: number): Generator<string> {
  const value = plain(given, key);
  if (typeof value === 'string' && value.length > CHUNK) return yield* textPieces(value);
  if (typeof value !== 'object' || value === null || roughJsonSize(value, CHUNK) <= CHUNK) {
    yield JSON.stringify(value) ?? 'null';
    return;
  }
  if (depth > DEEPEST) throw new TypeError('The value nests too deeply, or holds itself.');
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) {
      yield index === 0 ? '[' : ',';
      yield* pieces(entry, String(index), depth + 1);
    }
    yield value.length === 0 ? '[]' : ']';
    return;
  }
  let opened = false;
  for (const [name, entry] of Object.entries(value)) {
    const member = plain(entry, name);
    if (member === undefined || typeof member === 'function' || typeof member === 'symbol') continue;
    yield `${opened ? ',' : '{'}${JSON.stringify(name)}:`;
    opened = true;
    yield* pieces(member, name, depth + 1);
  }
  yield opened ? '}' : '{}';
}

function* textPieces(text: string): Generator<string> {
  yield '"';
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + CHUNK, text.length);
    // A pair of surrogates stays together: each half alone would be escaped.
    if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
    yield JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield '"';
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

function plain(value: unknown, key: string): unknown {
  const { toJSON } = (value ?? {}) as { toJSON?: unknown };
  return typeof toJSON === 'function' && typeof value === 'object'
    ? (toJSON as (key: string) => unknown).call(value, key)
    : value;
}

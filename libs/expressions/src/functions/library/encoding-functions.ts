import { hmac } from '@noble/hashes/hmac.js';
import { md5, sha1 } from '@noble/hashes/legacy.js';
import { sha256, sha384, sha512 } from '@noble/hashes/sha2.js';
import { rangeFault } from '../../expression.errors.js';
import { toText } from '../../runtime/coercion.js';
import { iterate } from '../../runtime/iteration.js';
import { setOwn } from '../../runtime/property.js';
import type { Runtime } from '../../runtime/runtime.js';
import { SIZE } from '../../runtime/runtime.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { objectArgument, textArgument } from './arguments.js';
import { formatCsv, parseCsv } from './csv.js';

const HASHES = { md5, sha1, sha256, sha384, sha512 };

function bytesOf(rt: Runtime, value: unknown): Uint8Array {
  const text = textArgument(rt, value);
  rt.charge(text.length * 2);
  return new TextEncoder().encode(text);
}

function algorithm(rt: Runtime, value: unknown): (typeof HASHES)[keyof typeof HASHES] {
  const name = value === undefined ? 'sha256' : toText(rt, value).toLowerCase().replace('-', '');
  if (Object.hasOwn(HASHES, name)) return HASHES[name as keyof typeof HASHES];
  throw rangeFault(`The algorithm must be one of ${Object.keys(HASHES).join(', ')}.`);
}

function encoded(rt: Runtime, bytes: Uint8Array, encoding: unknown): string {
  const name = encoding === undefined ? 'hex' : toText(rt, encoding);
  if (name === 'hex') return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (name === 'base64') return toBase64(rt, bytes);
  throw rangeFault("The encoding must be 'hex' or 'base64'.");
}

/** Hashing costs several steps for every 16 bytes. */
const HASH_WORK_SHIFT = 3;

const BYTES_PER_CALL = 8_192;

function toBase64(rt: Runtime, bytes: Uint8Array): string {
  rt.charge(bytes.length * 2);
  let binary = '';
  for (let start = 0; start < bytes.length; start += BYTES_PER_CALL) {
    binary += String.fromCharCode(...bytes.subarray(start, start + BYTES_PER_CALL));
  }
  return btoa(binary);
}

function fromBase64(rt: Runtime, value: unknown): string {
  const written = textArgument(rt, value);
  rt.charge(written.length * 2);
  const text = written.replace(/\s/g, '').replace(/-/g, '+').replace(/_/g, '/');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw rangeFault('base64Decode: this is not base64.');
  const binary = atob(text);
  return new TextDecoder().decode(Uint8Array.from(binary, (character) => character.charCodeAt(0)));
}

function toQuery(rt: Runtime, [value]: unknown[]): string {
  const pairs: string[] = [];
  for (const [name, item] of Object.entries(objectArgument(value, 'toQuery'))) {
    if (item === null || item === undefined) continue;
    for (const part of Array.isArray(item) ? iterate(rt, item) : [item]) {
      pairs.push(rt.text(`${encodeURIComponent(name)}=${encodeURIComponent(toText(rt, part))}`));
    }
  }
  return rt.text(pairs.join('&'));
}

function parseQuery(rt: Runtime, [value]: unknown[]): Record<string, unknown> {
  const text = textArgument(rt, value).replace(/^\?/, '');
  rt.charge(text.length * 2);
  const result: Record<string, unknown> = {};
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    rt.allocate(SIZE.property);
    const equals = pair.indexOf('=');
    const [name, item] = equals === -1 ? [pair, ''] : [pair.slice(0, equals), pair.slice(equals + 1)];
    setOwn(result, decodePart(name), decodePart(item));
  }
  return result;
}

function decodePart(text: string): string {
  return decodeURIComponent(text.replace(/\+/g, ' '));
}

/** Functions that turn values into other notations and back. */
export const encodingFunctions: FunctionTable = {
  base64: entry(
    'base64(text): string',
    'As base64, of its UTF-8 bytes.',
    (rt, [text]) => rt.text(toBase64(rt, bytesOf(rt, text))),
    ["base64('hé')", 'aMOp'],
  ),
  base64Decode: entry(
    'base64Decode(text): string',
    'The text behind base64 or base64url.',
    (rt, [text]) => rt.text(fromBase64(rt, text)),
    ["base64Decode('aMOp')", 'hé'],
  ),
  hash: entry(
    "hash(text, algorithm = 'sha256', encoding = 'hex'): string",
    'A digest: md5, sha1, sha256, sha384 or sha512.',
    (rt, [text, name, encoding]) => {
      const bytes = bytesOf(rt, text);
      rt.work(bytes.length >> HASH_WORK_SHIFT);
      return encoded(rt, algorithm(rt, name)(bytes), encoding);
    },
    ["hash('a', 'md5')", '0cc175b9c0f1b6a831c399e269772661'],
  ),
  hmac: entry(
    "hmac(text, key, algorithm = 'sha256', encoding = 'hex'): string",
    'A digest that only who has the key can make.',
    (rt, [text, key, name, encoding]) => {
      const bytes = bytesOf(rt, text);
      rt.work(bytes.length >> HASH_WORK_SHIFT);
      return encoded(rt, hmac(algorithm(rt, name), bytesOf(rt, key), bytes), encoding);
    },
    ["hmac('a', 'k', 'md5').length", 32],
  ),
  toQuery: entry(
    'toQuery(object): string',
    'A URL query; null values are left out, lists repeat their name.',
    toQuery,
    ["toQuery({ q: 'a b', tag: ['x', 'y'], none: null })", 'q=a%20b&tag=x&tag=y'],
  ),
  parseQuery: entry('parseQuery(text): object', 'The names and values of a URL query.', parseQuery, [
    "parseQuery('?q=a+b&n=1')",
    { q: 'a b', n: '1' },
  ]),
  csv: entry(
    "csv(rows, delimiter = ','): string",
    'CSV text of a list of objects, with a header, or of a list of lists.',
    (rt, [rows, delimiter]) => formatCsv(rt, rows, delimiter),
    ["csv([{ a: 1, b: 'x,y' }])", 'a,b\r\n1,"x,y"\r\n'],
  ),
  parseCsv: entry(
    "parseCsv(text, header = true, delimiter = ','): array",
    'The rows of CSV text: objects by header, or lists.',
    (rt, parameters) => parseCsv(rt, parameters),
    ['parseCsv(\'a,b\\n1,"x,y"\')', [{ a: '1', b: 'x,y' }]],
  ),
};

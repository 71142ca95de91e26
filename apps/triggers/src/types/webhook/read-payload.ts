import { AppError, type JsonValue } from '@rpa/contracts';

/** Containers within containers. */
const MAX_DEPTH = 256;
const JSON_TYPE = /^application\/(?:[\w.+-]+\+)?json\b/i;
const FORM_TYPE = /^application\/x-www-form-urlencoded\b/i;
const TEXT_TYPE = /^(?:text\/|application\/(?:[\w.+-]+\+)?xml\b)/i;

/**
 * What a workflow gets of a body: JSON as it is, a form as an object, text as text, anything else as base64.
 * @throws AppError `invalid_json` for a body that is none although it says so
 */
export function readPayload(body: Buffer, contentType: string | undefined, query: string): JsonValue {
  if (body.length === 0) return fieldsOf(query);
  if (contentType === undefined) return looksLikeJson(body) ?? textOf(body) ?? body.toString('base64');
  if (JSON_TYPE.test(contentType)) return readJson(body);
  if (FORM_TYPE.test(contentType)) return fieldsOf(body.toString('utf8'));
  if (TEXT_TYPE.test(contentType)) return textOf(body) ?? body.toString('base64');
  return { contentType: contentType.slice(0, 200), base64: body.toString('base64') };
}

function readJson(body: Buffer): JsonValue {
  const text = textOf(body);
  if (text === null) throw new AppError('invalid_json', 'The body is not valid UTF-8.');
  if (isTooDeep(text)) throw new AppError('invalid_json', `The body nests deeper than ${MAX_DEPTH} levels.`);
  try {
    return JSON.parse(text, dropPrototype) as JsonValue;
  } catch (error) {
    throw new AppError('invalid_json', `The body is no JSON: ${(error as Error).message.slice(0, 200)}`);
  }
}

/** A key that could reach a prototype is data of nobody. */
function dropPrototype(key: string, value: unknown): unknown {
  return key === '__proto__' ? undefined : value;
}

function looksLikeJson(body: Buffer): JsonValue | null {
  try {
    return readJson(body);
  } catch {
    return null;
  }
}

/** Counts brackets outside of strings, before anything recursive sees them. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inString) {
      if (char === '\\') at++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') {
      if (++depth > MAX_DEPTH) return true;
    } else if (char === '}' || char === ']') depth--;
  }
  return false;
}

export function textOf(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(body);
  } catch {
    return null;
  }
}

/** A form or query; a name that comes several times is a list. */
function fieldsOf(text: string): JsonValue {
  const fields = new Map<string, string | string[]>();
  for (const [name, value] of new URLSearchParams(text)) {
    const known = fields.get(name);
    fields.set(name, known === undefined ? value : [known, value].flat());
  }
  fields.delete('__proto__');
  return Object.fromEntries(fields);
}

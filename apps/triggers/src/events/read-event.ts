import { createHash } from 'node:crypto';
import type { JsonObject, JsonValue } from '@rpa/contracts';

/** An event as its publisher meant it, whatever form it travelled in. */
export type ReadEvent =
  | { payload: JsonValue; headers: { [name: string]: string }; eventKey: string | null; fault?: undefined }
  | { fault: string };

type Headers = { [name: string]: string };

const MAX_KEY = 500;
const STRUCTURED = /^application\/cloudevents\+json\b/i;
const BATCH = /^application\/cloudevents-batch\+json\b/i;
const MAX_BATCH = 100;

/**
 * Reads plain JSON and CloudEvents 1.0, structured, batched or binary (`ce-` headers). The attributes of a CloudEvent
 * stand as `ce-` headers in every case, so that a filter need not know how it came.
 * @param headers names in lower case
 */
export function readEvents(body: JsonValue, headers: Headers): ReadEvent[] {
  const contentType = headers['content-type'] ?? '';
  if (BATCH.test(contentType)) {
    if (!Array.isArray(body)) return [{ fault: 'A batch of CloudEvents must be a list.' }];
    if (body.length > MAX_BATCH) return [{ fault: `A batch may hold ${MAX_BATCH} events, not ${body.length}.` }];
    return body.map((event) => readStructured(event, headers));
  }
  if (STRUCTURED.test(contentType) || looksStructured(body)) return [readStructured(body, headers)];
  if (headers['ce-specversion'] !== undefined) return [readBinary(body, headers)];
  return [{ payload: body, headers, eventKey: null }];
}

function readStructured(event: JsonValue, headers: Headers): ReadEvent {
  if (!isObject(event)) return { fault: 'A CloudEvent must be an object.' };
  const { data, data_base64: base64, ...attributes } = event;
  const fault = attributeFault(attributes);
  if (fault) return { fault };
  const all = { ...headers };
  for (const [name, value] of Object.entries(attributes))
    if (['string', 'number', 'boolean'].includes(typeof value)) all[`ce-${name.toLowerCase()}`] = String(value);
  if (typeof base64 !== 'string') return { payload: data ?? null, headers: all, eventKey: keyOf(attributes) };
  return { payload: decodeBase64(base64, attributes['datacontenttype']), headers: all, eventKey: keyOf(attributes) };
}

function readBinary(body: JsonValue, headers: Headers): ReadEvent {
  const attributes: JsonObject = {};
  const all: Headers = {};
  for (const [name, value] of Object.entries(headers)) {
    const attribute = name.startsWith('ce-') ? percentDecoded(value) : value;
    all[name] = attribute;
    if (name.startsWith('ce-')) attributes[name.slice(3)] = attribute;
  }
  const fault = attributeFault(attributes);
  return fault ? { fault } : { payload: body, headers: all, eventKey: keyOf(attributes) };
}

function attributeFault(attributes: JsonObject): string | null {
  if (attributes['specversion'] !== '1.0') return 'Only CloudEvents 1.0 are understood (specversion).';
  for (const name of ['id', 'source', 'type'])
    if (typeof attributes[name] !== 'string' || attributes[name] === '') return `The CloudEvent has no ${name}.`;
  return null;
}

function looksStructured(body: JsonValue): boolean {
  if (!isObject(body) || body['specversion'] !== '1.0') return false;
  return ['id', 'source', 'type'].every((name) => typeof body[name] === 'string');
}

function keyOf(attributes: JsonObject): string {
  return eventKey('ce', [String(attributes['source']), String(attributes['id'])]);
}

/** Key of an event within its organization; JSON keeps control characters out of it. */
export function eventKey(kind: string, parts: string[]): string {
  const key = `${kind}:${JSON.stringify(parts.length === 1 ? parts[0] : parts)}`;
  return key.length <= MAX_KEY ? key : `${kind}:sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function decodeBase64(text: string, contentType: JsonValue | undefined): JsonValue {
  if (typeof contentType === 'string' && !/\bjson\b/i.test(contentType)) return text;
  try {
    return JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as JsonValue;
  } catch {
    return text;
  }
}

function percentDecoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

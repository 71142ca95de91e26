import { AppError, credentialFieldsOf, type Fault, type JsonObject, type JsonValue } from '@rpa/contracts';
import { isLoopback } from '../oauth/oauth-client.js';

const MAX_BYTES = 16 * 1024;
const MAX_FIELDS = 50;

/** Holds the values of a credential against the fields of its type; every fault at once, never a value. */
export function checkData(type: string, data: JsonObject): void {
  const names = Object.keys(data);
  const faults: Fault[] = [];
  const fault = (field: string, code: string, message: string): void => {
    faults.push({ path: field === '' ? 'data' : `data.${field}`, code, message });
  };
  if (Buffer.byteLength(JSON.stringify(data)) > MAX_BYTES) fault('', 'too_large', `must be at most ${MAX_BYTES} bytes`);
  if (names.length > MAX_FIELDS) fault('', 'too_many', `must have at most ${MAX_FIELDS} fields`);
  if (names.length === 0) fault('', 'empty', 'must have at least one field');
  const fields = credentialFieldsOf(type) ?? {};
  const isOpen = Object.keys(fields).length === 0;
  for (const [name, field] of Object.entries(fields)) {
    const value = data[name];
    if (value === undefined) {
      if (field.required) fault(name, 'required', 'is required');
      continue;
    }
    const wanted = MEANING[field.type];
    if (!wanted.holds(value)) fault(name, 'type', `must be ${wanted.text}`);
    else if (field.values && !field.values.includes(value as string))
      fault(name, 'value', `must be one of ${field.values.join(', ')}`);
    else if (field.format === 'url' && !isUsableUrl(String(value)))
      fault(
        name,
        'url',
        'must be an absolute https address (http on this machine only), without user name or fragment',
      );
    else if (NO_LINE_BREAKS.has(name) && /[\r\n\0]/.test(String(value)))
      fault(name, 'text', 'must not hold line breaks');
  }
  if (!isOpen)
    for (const name of names)
      if (!Object.hasOwn(fields, name)) fault(name.slice(0, 100), 'unknown_field', `is not a field of type ${type}`);
  if (faults.length > 0)
    throw new AppError('validation_failed', `${faults.length} field(s) of the credential are not valid.`, {
      errors: faults,
    });
}

/** They travel in headers, where a line break would end them. */
const NO_LINE_BREAKS = new Set(['key', 'name', 'token', 'username', 'password', 'accessToken']);

function isUsableUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const isSafe = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(text));
  return isSafe && url.username === '' && url.password === '' && url.hash === '';
}

const isText = (value: JsonValue): boolean => typeof value === 'string' && value !== '';
const MEANING = {
  string: { holds: isText, text: 'a text that is not empty' },
  integer: { holds: (value: JsonValue) => Number.isInteger(value), text: 'a whole number' },
  boolean: { holds: (value: JsonValue) => typeof value === 'boolean', text: 'true or false' },
  texts: { holds: (value: JsonValue) => Array.isArray(value) && value.every(isText), text: 'a list of texts' },
} as const;

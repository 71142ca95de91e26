import type { JsonValue } from '@rpa/contracts';
import { parseDuration } from '../definition/duration.js';
import { isObject } from '../definition/normalize.js';
import type { Findings } from './findings.js';
import { at } from './json-path.js';
import { suggestion } from './suggestion.js';

/** Says what a value must be when it is not; may look inside and report there itself. */
export type Field = (value: JsonValue, path: string, findings: Findings) => string | undefined;
export type Fields = { readonly [name: string]: Field };

/** Every field is known and has its form; of those that are required none is missing. */
export function checkFields(
  value: { [key: string]: JsonValue },
  fields: Fields,
  path: string,
  findings: Findings,
  required: readonly string[] = [],
): void {
  for (const [name, entry] of Object.entries(value)) {
    if (entry === undefined) continue;
    if (!Object.hasOwn(fields, name)) {
      const hint = suggestion(name, Object.keys(fields));
      findings.error(at(path, name), 'unknown_field', `There is no field ${name.slice(0, 100)} here${hint}`);
      continue;
    }
    const fault = fields[name]?.(entry, at(path, name), findings);
    if (fault) findings.error(at(path, name), 'invalid_value', `${name} must be ${fault}`);
  }
  for (const name of required) {
    if (!Object.hasOwn(value, name)) findings.error(at(path, name), 'field_required', `${name} is required`);
  }
}

export const text =
  (longest = 200): Field =>
  (value) =>
    typeof value === 'string' && value.length <= longest ? undefined : `a text of at most ${longest} characters`;

export const matching =
  (pattern: RegExp, phrase: string): Field =>
  (value) =>
    typeof value === 'string' && value.length <= 200 && pattern.test(value) ? undefined : phrase;

export const flag: Field = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

export const anything: Field = () => undefined;

export const object: Field = (value) => (isObject(value) ? undefined : 'an object');

export const wholeNumber =
  (least: number, most: number): Field =>
  (value) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `a whole number from ${least} to ${most}`;

export const oneOf =
  (...values: readonly JsonValue[]): Field =>
  (value) =>
    values.includes(value) ? undefined : `one of ${values.join(', ')}`;

export const duration =
  (least = 1, most = '3650d'): Field =>
  (value) => {
    const milliseconds = parseDuration(value);
    return milliseconds !== undefined && milliseconds >= least && milliseconds <= (parseDuration(most) ?? 0)
      ? undefined
      : `a duration such as 500ms, 30s, 5m, 2h or 7d${least > 0 ? ', more than nothing' : ''}, at most ${most}`;
  };

export const group =
  (fields: Fields, required: readonly string[] = []): Field =>
  (value, path, findings) => {
    if (!isObject(value)) return 'an object';
    checkFields(value, fields, path, findings, required);
    return undefined;
  };

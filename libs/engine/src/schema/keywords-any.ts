import type { JsonValue } from '@rpa/contracts';
import { SchemaInvalid, UNKNOWN, UNKNOWN_TEXT, type Check, type Instance, type Keyword } from './check.js';

const TYPES = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

export function typeOf(value: Instance): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value === UNKNOWN_TEXT) return 'string';
  return typeof value;
}

function isOfType(value: Instance, type: string): boolean {
  if (type === 'integer') return typeof value === 'number' && Number.isInteger(value);
  return typeOf(value) === type;
}

const type: Keyword = (declared, _schema, _compiler, path) => {
  const types = (Array.isArray(declared) ? declared : [declared]).map((name) => {
    if (typeof name !== 'string' || !TYPES.includes(name)) {
      throw new SchemaInvalid([...path, 'type'], `type must be one of ${TYPES.join(', ')}`);
    }
    return name;
  });
  return (value, context) => {
    if (value === UNKNOWN) return undefined;
    if (types.some((name) => isOfType(value, name))) return true;
    return context.fault('type', `must be ${types.join(' or ')}, but is ${typeOf(value)}`);
  };
};

const constant: Keyword = (expected) => oneOf([expected], 'const');

const enumeration: Keyword = (values, _schema, _compiler, path) => {
  if (!Array.isArray(values)) throw new SchemaInvalid([...path, 'enum'], 'enum must be a list');
  return oneOf(values, 'enum');
};

function oneOf(values: readonly JsonValue[], keyword: string): Check {
  const texts = values.map((value) => JSON.stringify(value));
  const shown = texts.slice(0, 20).join(', ');
  return (value, context) => {
    const found = values.map((expected) => isEqual(value, expected));
    if (found.includes(true)) return true;
    if (found.includes(undefined)) return undefined;
    return context.fault(keyword, values.length === 1 ? `must be ${shown}` : `must be one of ${shown}`);
  };
}

/** Deep equality as JSON Schema means it; `undefined` when a part is not known. */
export function isEqual(a: Instance, b: Instance): boolean | undefined {
  if (a === UNKNOWN || b === UNKNOWN) return undefined;
  if (a === UNKNOWN_TEXT || b === UNKNOWN_TEXT) return typeOf(a) === typeOf(b) ? undefined : false;
  if (a === null || b === null || typeof a !== 'object' || typeof b !== 'object') return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  let result: boolean | undefined = true;
  for (const key of keys) {
    if (!Object.hasOwn(b, key)) return false;
    const same = isEqual((a as { [key: string]: Instance })[key]!, (b as { [key: string]: Instance })[key]!);
    if (same === false) return false;
    if (same === undefined) result = undefined;
  }
  return result;
}

export const ANY_KEYWORDS: { [keyword: string]: Keyword } = { type, const: constant, enum: enumeration };

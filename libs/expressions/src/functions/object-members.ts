import { forbidden, rangeFault, typeFault } from '../expression.errors.js';
import { callback } from '../methods/array-callbacks.js';
import { Callable } from '../runtime/callable.js';
import { toInteger, toKey, toText } from '../runtime/coercion.js';
import { describe, iterate, ownKeys, spreadInto } from '../runtime/iteration.js';
import { jsonText } from '../runtime/json-text.js';
import { readProperty, setOwn } from '../runtime/property.js';
import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import { Sequence } from '../runtime/sequence.js';
import type { MemberTable } from './entry.js';
import { entry } from './entry.js';

function keysOf(rt: Runtime, value: unknown): string[] {
  if (value === null || value === undefined) throw typeFault(`${describe(value)} has no properties.`);
  return ownKeys(rt, value);
}

const valueOf = (value: unknown, key: string): unknown => (value as Record<string, unknown>)[key];

/** `Object`. */
export const objectMembers: MemberTable = {
  keys: entry('keys(object): array', 'The names of its properties.', (rt, [value]) => keysOf(rt, value), [
    'Object.keys({ a: 1, b: 2 })',
    ['a', 'b'],
  ]),
  values: entry(
    'values(object): array',
    'The values of its properties.',
    (rt, [value]) => keysOf(rt, value).map((key) => valueOf(value, key)),
    ['Object.values({ a: 1, b: 2 })', [1, 2]],
  ),
  entries: entry(
    'entries(object): array',
    'Pairs of name and value.',
    (rt, [value]) => {
      const keys = keysOf(rt, value);
      rt.allocate(keys.length * (SIZE.array + 2 * SIZE.slot));
      return keys.map((key) => [key, valueOf(value, key)]);
    },
    ['Object.entries({ a: 1 })', [['a', 1]]],
  ),
  fromEntries: entry(
    'fromEntries(pairs): object',
    'An object of pairs of name and value.',
    (rt, [pairs]) => {
      const result: Record<string, unknown> = {};
      for (const pair of iterate(rt, pairs)) {
        if (typeof pair !== 'object' || pair === null)
          throw typeFault('Object.fromEntries needs pairs: [[name, value], ...].');
        rt.work(1);
        rt.allocate(SIZE.property);
        setOwn(result, String(toKey(rt, readProperty(pair, 0))), readProperty(pair, 1));
      }
      return result;
    },
    ["Object.fromEntries([['a', 1]])", { a: 1 }],
  ),
  assign: entry(
    'assign(target, ...sources): object',
    'The target with the properties of all sources.',
    (rt, [target, ...sources]) => {
      if (
        typeof target !== 'object' ||
        target === null ||
        Array.isArray(target) ||
        target instanceof Date ||
        target instanceof Callable
      ) {
        throw typeFault('Object.assign needs an object first: Object.assign({}, a, b).');
      }
      for (const source of sources) spreadInto(rt, target as Record<string, unknown>, source);
      return target;
    },
    ['Object.assign({}, { a: 1 }, { b: 2 })', { a: 1, b: 2 }],
  ),
  hasOwn: entry(
    'hasOwn(object, name): boolean',
    'Whether it has a property.',
    (rt, [value, name]) => {
      if (value === null || value === undefined) throw typeFault(`${describe(value)} has no properties.`);
      if (typeof value !== 'object' && typeof value !== 'string') return false;
      return Object.hasOwn(value as object, toKey(rt, name));
    },
    ["Object.hasOwn({ a: 1 }, 'a')", true],
  ),
  is: entry(
    'is(a, b): boolean',
    'Whether two values are the same; NaN is NaN, and -0 is not 0.',
    (_rt, [a, b]) => Object.is(a, b),
    ['Object.is(NaN, NaN)', true],
  ),
};

function fromAny(rt: Runtime, value: unknown): unknown[] {
  if (Array.isArray(value) || typeof value === 'string' || value instanceof Sequence) {
    const items = iterate(rt, value);
    rt.list(items.length);
    return items.slice();
  }
  if (value === null || value === undefined) throw typeFault(`${describe(value)} cannot become an array.`);
  if (typeof value !== 'object' || value instanceof Date) return [];
  const length = Math.min(Math.max(toInteger(rt, readProperty(value, 'length')), 0), Number.MAX_SAFE_INTEGER);
  rt.list(length);
  const items: unknown[] = [];
  for (let index = 0; index < length; index++) items.push(readProperty(value, index));
  return items;
}

/** `Array`. */
export const arrayMembers: MemberTable = {
  isArray: entry('isArray(value): boolean', 'Whether it is an array.', (_rt, [value]) => Array.isArray(value), [
    'Array.isArray([1])',
    true,
  ]),
  of: entry(
    'of(...items): array',
    'A list of the items.',
    (rt, items) => {
      rt.list(items.length);
      return items;
    },
    ['Array.of(1, 2)', [1, 2]],
  ),
  from: entry(
    'from(value, f?: (item, index) => any): array',
    'A list of what a text, a list or { length } holds.',
    (rt, parameters) => {
      const items = fromAny(rt, parameters[0]);
      if (parameters[1] === undefined) return items;
      const transform = callback(parameters, 1);
      return items.map((item, index) => transform.apply(rt, [item, index]));
    },
    ['Array.from({ length: 3 }, (_, i) => i * 2)', [0, 2, 4]],
  ),
};

/** Estimated bytes of the value that a JSON text holds: small containers take far more than their two brackets. */
function parsedSize(text: string): number {
  let bytes = text.length * SIZE.character;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 0x7b || code === 0x5b) bytes += SIZE.object;
    else if (code === 0x2c) bytes += SIZE.property;
  }
  return bytes;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const place = /position \d+/.exec((error as Error).message)?.[0];
    throw rangeFault(`JSON.parse: the text is not valid JSON${place === undefined ? '' : ` at ${place}`}.`);
  }
}

function indentOf(rt: Runtime, value: unknown): string | undefined {
  if (typeof value === 'number') return ' '.repeat(Math.min(Math.max(toInteger(rt, value), 0), 10));
  return typeof value === 'string' ? value.slice(0, 10) : undefined;
}

function stringify(rt: Runtime, parameters: unknown[]): string | undefined {
  const [value, replacer, space] = parameters;
  if (replacer instanceof Callable) throw forbidden('JSON.stringify takes no function here; map the value first.');
  const indent = indentOf(rt, space);
  const names = Array.isArray(replacer)
    ? replacer.filter((name) => typeof name === 'string' || typeof name === 'number').map(String)
    : undefined;
  return jsonText(rt, value, names, indent);
}

/** `JSON`. */
export const jsonMembers: MemberTable = {
  parse: entry(
    'parse(text): any',
    'The value that a JSON text holds.',
    (rt, parameters) => {
      if (parameters.length > 1) throw forbidden('JSON.parse takes one argument here; map the value afterwards.');
      const text = toText(rt, parameters[0]);
      rt.allocate(parsedSize(text));
      rt.work(text.length >> 2);
      return parseJson(text);
    },
    ["JSON.parse('[1, 2]')", [1, 2]],
  ),
  stringify: entry('stringify(value, names?, indent?): string', 'A value as JSON text.', stringify, [
    'JSON.stringify({ a: [1] })',
    '{"a":[1]}',
  ]),
};

import { toText } from '../../runtime/coercion.js';
import { callback } from '../../methods/array-callbacks.js';
import { spreadInto } from '../../runtime/iteration.js';
import { RESULT_LIMITS, toPlain } from '../../runtime/plain-data.js';
import { setOwn } from '../../runtime/property.js';
import type { Runtime } from '../../runtime/runtime.js';
import { SIZE } from '../../runtime/runtime.js';
import { typeFault } from '../../expression.errors.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { objectArgument, pathKeys, readPath } from './arguments.js';
import { jsonPath } from './json-path.js';

function names(rt: Runtime, parameters: unknown[]): string[] {
  return parameters
    .slice(1)
    .flatMap((name) => (Array.isArray(name) ? name : [name]))
    .map((name) => toText(rt, name));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);

function mergeInto(rt: Runtime, target: Record<string, unknown>, source: Record<string, unknown>, depth: number): void {
  if (depth > RESULT_LIMITS.depth) throw typeFault('merge: the objects are nested too deeply.');
  for (const key of Object.keys(source)) {
    rt.work(1);
    rt.allocate(SIZE.property);
    const value = source[key];
    const current = Object.hasOwn(target, key) ? target[key] : undefined;
    if (!isRecord(value)) setOwn(target, key, value);
    else {
      rt.allocate(SIZE.object);
      const copy: Record<string, unknown> = {};
      if (isRecord(current)) spreadInto(rt, copy, current);
      mergeInto(rt, copy, value, depth + 1);
      setOwn(target, key, copy);
    }
  }
}

function equal(rt: Runtime, a: unknown, b: unknown, depth: number): boolean {
  rt.work(1);
  if (Object.is(a, b) || a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (depth > RESULT_LIMITS.depth) throw typeFault('isEqual: the values are nested too deeply.');
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(right, key) && equal(rt, left[key], right[key], depth + 1));
}

/** Functions over objects. */
export const objectFunctions: FunctionTable = {
  pick: entry(
    'pick(object, ...names): object',
    'Only these properties.',
    (rt, parameters) => {
      const source = objectArgument(parameters[0], 'pick');
      const result: Record<string, unknown> = {};
      for (const name of names(rt, parameters)) {
        rt.allocate(SIZE.property);
        if (Object.hasOwn(source, name)) setOwn(result, name, source[name]);
      }
      return result;
    },
    ["pick({ a: 1, b: 2, c: 3 }, 'a', 'c')", { a: 1, c: 3 }],
  ),
  omit: entry(
    'omit(object, ...names): object',
    'All but these properties.',
    (rt, parameters) => {
      const result: Record<string, unknown> = {};
      spreadInto(rt, result, objectArgument(parameters[0], 'omit'), new Set(names(rt, parameters)));
      return result;
    },
    ["omit({ a: 1, b: 2 }, 'b')", { a: 1 }],
  ),
  merge: entry(
    'merge(...objects): object',
    'A new object with the properties of all, objects inside merged too; later ones win.',
    (rt, objects) => {
      const result: Record<string, unknown> = {};
      for (const object of objects) mergeInto(rt, result, objectArgument(object, 'merge'), 0);
      return result;
    },
    ['merge({ a: { x: 1 } }, { a: { y: 2 } })', { a: { x: 1, y: 2 } }],
  ),
  get: entry(
    'get(value, path, fallback = null): any',
    "What stands at a path such as 'a.b[0]'; the fallback where it is missing or null.",
    (rt, [value, path, fallback]) => {
      const keys = Array.isArray(path) ? path.map((key) => toText(rt, key)) : pathKeys(toText(rt, path));
      return readPath(rt, value, keys) ?? fallback ?? null;
    },
    ["get({ a: { b: [5] } }, 'a.b[0]')", 5],
    ["get({}, 'a.b', 'none')", 'none'],
  ),
  mapValues: entry(
    'mapValues(object, f: (value, name) => any): object',
    'An object with the same names and what f gives.',
    (rt, parameters) => {
      const source = objectArgument(parameters[0], 'mapValues');
      const transform = callback(parameters, 1);
      const result: Record<string, unknown> = {};
      for (const key of Object.keys(source)) {
        rt.allocate(SIZE.property);
        setOwn(result, key, transform.call(rt, source[key], key, source));
      }
      return result;
    },
    ['mapValues({ a: 1, b: 2 }, v => v * 10)', { a: 10, b: 20 }],
  ),
  isEqual: entry(
    'isEqual(a, b): boolean',
    'Whether two values are the same all the way down.',
    (rt, [a, b]) => equal(rt, toPlain(rt, a), toPlain(rt, b), 0),
    ['isEqual({ a: [1] }, { a: [1] })', true],
  ),
  isEmpty: entry(
    'isEmpty(value): boolean',
    "Whether it is null, undefined, '', an empty list or an object without properties.",
    (_rt, [value]) => {
      if (value === null || value === undefined || value === '') return true;
      if (Array.isArray(value)) return value.length === 0;
      return isRecord(value) && Object.keys(value).length === 0;
    },
    ['isEmpty([])', true],
    ['isEmpty(0)', false],
  ),
  jsonPath: entry(
    'jsonPath(value, path): array',
    'Everything that a JSONPath finds: names, indexes, slices, * and .. (no filters).',
    (rt, [value, path]) => jsonPath(rt, toPlain(rt, value), toText(rt, path)),
    ["jsonPath({ a: [{ b: 1 }, { b: 2 }] }, '$.a[*].b')", [1, 2]],
    ["jsonPath({ a: { b: 1 }, b: 2 }, '$..b')", [2, 1]],
  ),
};

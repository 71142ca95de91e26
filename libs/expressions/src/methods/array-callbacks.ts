import { typeFault } from '../expression.errors.js';
import { Callable } from '../runtime/callable.js';
import { describe } from '../runtime/iteration.js';
import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

export function callback(parameters: readonly unknown[], index = 0): Callable {
  const value = parameters[index];
  if (value instanceof Callable) return value;
  throw typeFault(`${describe(value)} is not a function; write one such as x => x.name.`);
}

function findIndex(rt: Runtime, list: readonly unknown[], parameters: unknown[], backwards: boolean): number {
  const test = callback(parameters);
  const length = list.length;
  for (let step = 0; step < length; step++) {
    const index = backwards ? length - 1 - step : step;
    if (test.call(rt, list[index], index, list)) return index;
  }
  return -1;
}

function reduce(rt: Runtime, list: readonly unknown[], parameters: unknown[], backwards: boolean): unknown {
  const combine = callback(parameters);
  const length = list.length;
  let step = 0;
  let result = parameters[1];
  if (parameters.length < 2) {
    if (length === 0) throw typeFault('reduce of an empty array needs an initial value: reduce(f, 0).');
    result = list[backwards ? length - 1 : 0];
    step = 1;
  }
  for (; step < length; step++) {
    const index = backwards ? length - 1 - step : step;
    if (index >= list.length) continue;
    result = combine.apply(rt, [result, list[index], index, list]);
  }
  return result;
}

/**
 * Methods of arrays that call a function for each element. As in JavaScript the length is read once, before: what a
 * callback adds to its list is not visited, and what it takes away is not either.
 */
export const arrayCallbackMethods: MethodTable<unknown[]> = {
  map: method(
    'map(f: (item, index, list) => any): array',
    'A new list of what f gives for each item.',
    (rt, list, parameters) => {
      const transform = callback(parameters);
      const { length } = list;
      rt.list(length);
      const result = new Array<unknown>(length);
      for (let index = 0; index < length && index < list.length; index++) {
        result[index] = transform.call(rt, list[index], index, list);
      }
      return result;
    },
  ),
  filter: method(
    'filter(f: (item, index, list) => boolean): array',
    'The items for which f is true.',
    (rt, list, parameters) => {
      const test = callback(parameters);
      const { length } = list;
      const result: unknown[] = [];
      for (let index = 0; index < length && index < list.length; index++) {
        const item = list[index];
        if (test.call(rt, item, index, list)) result.push(item);
      }
      rt.list(result.length);
      return result;
    },
  ),
  find: method(
    'find(f: (item, index, list) => boolean): any',
    'The first item for which f is true.',
    (rt, list, parameters) => {
      return list[findIndex(rt, list, parameters, false)];
    },
  ),
  findIndex: method(
    'findIndex(f: (item, index, list) => boolean): number',
    'Where that item stands, or -1.',
    (rt, list, parameters) => findIndex(rt, list, parameters, false),
  ),
  findLast: method(
    'findLast(f: (item, index, list) => boolean): any',
    'The last item for which f is true.',
    (rt, list, parameters) => {
      return list[findIndex(rt, list, parameters, true)];
    },
  ),
  findLastIndex: method(
    'findLastIndex(f: (item, index, list) => boolean): number',
    'Where that item stands, or -1.',
    (rt, list, parameters) => findIndex(rt, list, parameters, true),
  ),
  some: method(
    'some(f: (item, index, list) => boolean): boolean',
    'Whether f is true for any item.',
    (rt, list, parameters) => {
      const test = callback(parameters);
      for (let index = 0, { length } = list; index < length && index < list.length; index++) {
        if (test.call(rt, list[index], index, list)) return true;
      }
      return false;
    },
  ),
  every: method(
    'every(f: (item, index, list) => boolean): boolean',
    'Whether f is true for all items.',
    (rt, list, parameters) => {
      const test = callback(parameters);
      for (let index = 0, { length } = list; index < length && index < list.length; index++) {
        if (!test.call(rt, list[index], index, list)) return false;
      }
      return true;
    },
  ),
  forEach: method(
    'forEach(f: (item, index, list) => any): undefined',
    'Calls f for each item; gives nothing.',
    (rt, list, parameters) => {
      const visit = callback(parameters);
      for (let index = 0, { length } = list; index < length && index < list.length; index++) {
        visit.call(rt, list[index], index, list);
      }
      return undefined;
    },
  ),
  reduce: method(
    'reduce(f: (result, item, index, list) => any, initial?): any',
    'Combines all items into one value.',
    (rt, list, parameters) => reduce(rt, list, parameters, false),
  ),
  reduceRight: method(
    'reduceRight(f: (result, item, index, list) => any, initial?): any',
    'The same from the last item on.',
    (rt, list, parameters) => reduce(rt, list, parameters, true),
  ),
  flatMap: method(
    'flatMap(f: (item, index, list) => any): array',
    'map, with lists in the result opened one level.',
    (rt, list, parameters) => {
      const transform = callback(parameters);
      rt.allocate(SIZE.array);
      const result: unknown[] = [];
      for (let index = 0, { length } = list; index < length && index < list.length; index++) {
        const value = transform.call(rt, list[index], index, list);
        if (!Array.isArray(value)) {
          rt.allocate(SIZE.slot);
          result.push(value);
          continue;
        }
        rt.list(value.length);
        for (const item of value) result.push(item);
      }
      return result;
    },
  ),
};

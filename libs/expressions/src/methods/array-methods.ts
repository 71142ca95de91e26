import { joined, optionalNumber, optionalText, toInteger } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';
import { Sequence } from '../runtime/sequence.js';
import { arrayCallbackMethods } from './array-callbacks.js';
import { arrayChangeMethods } from './array-changes.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

function flatten(rt: Runtime, list: readonly unknown[], depth: number, result: unknown[]): unknown[] {
  rt.enter(1);
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    if (Array.isArray(item) && depth >= 1) flatten(rt, item, depth - 1, result);
    else {
      rt.list(1);
      result.push(item);
    }
  }
  rt.depth++;
  return result;
}

const arrayAccessMethods: MethodTable<unknown[]> = {
  at: method('at(index): any', 'The item at an index; negative ones count from the end.', (rt, list, [index]) =>
    list.at(toInteger(rt, index)),
  ),
  concat: method(
    'concat(...values): array',
    'A new list with the values, or the items of lists, behind.',
    (rt, list, parameters) => {
      rt.list(list.length);
      const result = list.slice();
      for (const value of parameters) {
        const items = Array.isArray(value) ? value : [value];
        rt.list(items.length);
        for (const item of items) result.push(item);
      }
      return result;
    },
  ),
  flat: method(
    'flat(depth?): array',
    'A new list with lists inside it opened, one level by default.',
    (rt, list, [depth]) => flatten(rt, list, depth === undefined ? 1 : toInteger(rt, depth), []),
  ),
  includes: method(
    'includes(value, from?): boolean',
    'Whether the value is in the list.',
    (rt, list, [value, from]) => {
      rt.work(list.length >> 2);
      return list.includes(value, optionalNumber(rt, from));
    },
  ),
  indexOf: method(
    'indexOf(value, from?): number',
    'Where the value stands first, or -1.',
    (rt, list, [value, from]) => {
      rt.work(list.length >> 2);
      return list.indexOf(value, optionalNumber(rt, from));
    },
  ),
  lastIndexOf: method(
    'lastIndexOf(value, from?): number',
    'Where the value stands last, or -1.',
    (rt, list, parameters) => {
      rt.work(list.length >> 2);
      const [value, from] = parameters;
      return parameters.length < 2 ? list.lastIndexOf(value) : list.lastIndexOf(value, toInteger(rt, from));
    },
  ),
  join: method(
    "join(separator = ','): string",
    'All items as text, with the separator between them.',
    (rt, list, [separator]) => joined(rt, list, optionalText(rt, separator) ?? ','),
  ),
  toString: method<unknown[]>('toString(): string', 'All items as text, with commas between them.', (rt, list) =>
    joined(rt, list, ','),
  ),
  slice: method(
    'slice(start?, end?): array',
    'A part of the list; negative numbers count from the end.',
    (rt, list, [start, end]) => {
      const part = list.slice(optionalNumber(rt, start), optionalNumber(rt, end));
      rt.list(part.length);
      return part;
    },
  ),
  with: method('with(index, value): array', 'A copy with one item replaced.', (rt, list, [index, value]) => {
    rt.list(list.length);
    return list.with(toInteger(rt, index), value);
  }),
  toReversed: method('toReversed(): array', 'A copy in reverse order.', (rt, list) => {
    rt.list(list.length);
    return list.toReversed();
  }),
  toSpliced: method(
    'toSpliced(start, deleteCount?, ...items): array',
    'A copy with items taken out and put in.',
    (rt, list, parameters) => {
      rt.list(list.length + parameters.length);
      const copy = list.slice();
      spliceList(rt, copy, parameters);
      return copy;
    },
  ),
  keys: method('keys(): sequence', 'The indexes, to be spread: [...list.keys()].', (rt, list) => {
    rt.list(list.length);
    return new Sequence(list.map((_item, index) => index));
  }),
  values: method('values(): sequence', 'The items, to be spread.', (rt, list) => {
    rt.list(list.length);
    return new Sequence(list.slice());
  }),
  entries: method('entries(): sequence', 'Pairs of index and item, to be spread.', (rt, list) => {
    rt.list(list.length * 8);
    return new Sequence(list.map((item, index) => [index, item]));
  }),
};

export function spliceList(rt: Runtime, list: unknown[], parameters: unknown[]): unknown[] {
  if (parameters.length === 0) return [];
  const start = toInteger(rt, parameters[0]);
  if (parameters.length === 1) return list.splice(start);
  return list.splice(start, toInteger(rt, parameters[1]), ...parameters.slice(2));
}

/** All methods of arrays. */
export const arrayMethods: MethodTable<unknown[]> = {
  ...arrayCallbackMethods,
  ...arrayAccessMethods,
  ...arrayChangeMethods(spliceList),
};

import { rangeFault } from '../../expression.errors.js';
import { sorted } from '../../methods/array-changes.js';
import { BuiltIn } from '../../runtime/callable.js';
import { toKey, toNumber, toText } from '../../runtime/coercion.js';
import { setOwn } from '../../runtime/property.js';
import type { Runtime } from '../../runtime/runtime.js';
import { SIZE } from '../../runtime/runtime.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { distinct } from './set-functions.js';
import { countArgument, listArgument, selector } from './arguments.js';

function numbersOf(rt: Runtime, parameters: unknown[], name: string): number[] {
  const select = selector(rt, parameters[1], name);
  return listArgument(rt, parameters[0], name).map((item, index) => toNumber(rt, select(item, index)));
}

function grouped(rt: Runtime, parameters: unknown[], name: string): Map<string, unknown[]> {
  const groups = new Map<string, unknown[]>();
  const select = selector(rt, parameters[1], name);
  listArgument(rt, parameters[0], name).forEach((item, index) => {
    const key = String(toKey(rt, select(item, index)));
    const group = groups.get(key);
    rt.list(1);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  });
  return groups;
}

function record(rt: Runtime, entries: Iterable<readonly [string, unknown]>): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, value] of entries) {
    rt.allocate(SIZE.property);
    setOwn(result, key, value);
  }
  return result;
}

function compareKeys(rt: Runtime, a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || a === undefined || b === null || b === undefined) {
    return Number(a === null || a === undefined) - Number(b === null || b === undefined);
  }
  const [left, right] = [toText(rt, a), toText(rt, b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sortBy(rt: Runtime, [list, key, direction]: unknown[]): unknown[] {
  if (direction !== undefined && direction !== 'asc' && direction !== 'desc') {
    throw rangeFault("sortBy needs 'asc' or 'desc' as its direction.");
  }
  const select = selector(rt, key, 'sortBy');
  const keyed = listArgument(rt, list, 'sortBy').map((item, index) => ({ item, key: select(item, index) }));
  const sign = direction === 'desc' ? -1 : 1;
  const compare = new BuiltIn((_rt, pair) => {
    const [a, b] = pair as typeof keyed;
    return sign * compareKeys(rt, a?.key, b?.key);
  });
  return (sorted(rt, keyed, compare) as typeof keyed).map(({ item }) => item);
}

function range(rt: Runtime, parameters: unknown[]): number[] {
  const [first = 0, second, step = 1] = parameters.map((value) => toNumber(rt, value));
  const [start, end] = second === undefined ? [0, first] : [first, second];
  const length = Math.max(Math.ceil((end - start) / step), 0);
  if (step === 0 || !Number.isFinite(length)) throw rangeFault('range needs finite numbers and a step that is not 0.');
  rt.list(length);
  return Array.from({ length }, (_item, index) => start + index * step);
}

function extreme(numbers: number[], pick: (a: number, b: number) => number): number | null {
  return numbers.length === 0 ? null : numbers.reduce((a, b) => pick(a, b));
}

const sumOf = (numbers: number[]): number => numbers.reduce((a, b) => a + b, 0);

/** Functions over lists. A list that is null or undefined counts as empty. */
export const listFunctions: FunctionTable = {
  sum: entry(
    'sum(list, key?): number',
    'The sum of numbers, or of what key gives for each item.',
    (rt, parameters) => sumOf(numbersOf(rt, parameters, 'sum')),
    ['sum([1, 2, 3])', 6],
    ["sum([{ price: 2 }, { price: 3 }], 'price')", 5],
  ),
  average: entry(
    'average(list, key?): number',
    'The mean; null for an empty list.',
    (rt, parameters) => {
      const numbers = numbersOf(rt, parameters, 'average');
      return numbers.length === 0 ? null : sumOf(numbers) / numbers.length;
    },
    ['average([1, 2, 6])', 3],
  ),
  min: entry(
    'min(list, key?): number',
    'The smallest number; null for an empty list.',
    (rt, parameters) => extreme(numbersOf(rt, parameters, 'min'), Math.min),
    ['min([3, 1, 2])', 1],
  ),
  max: entry(
    'max(list, key?): number',
    'The largest number; null for an empty list.',
    (rt, parameters) => extreme(numbersOf(rt, parameters, 'max'), Math.max),
    ['max([3, 1, 2])', 3],
  ),
  unique: entry(
    'unique(list, key?): array',
    'Without repeated items; objects count as repeated when equal as JSON.',
    (rt, [list, key]) => distinct(rt, listArgument(rt, list, 'unique'), selector(rt, key, 'unique')),
    ['unique([1, 2, 1])', [1, 2]],
    ["unique([{ id: 1, a: 1 }, { id: 1, a: 2 }], 'id')", [{ id: 1, a: 1 }]],
  ),
  groupBy: entry(
    'groupBy(list, key): object',
    'Lists of the items that have the same key.',
    (rt, parameters) => record(rt, grouped(rt, parameters, 'groupBy')),
    [
      "groupBy([{ t: 'a', n: 1 }, { t: 'b', n: 2 }, { t: 'a', n: 3 }], 't')",
      {
        a: [
          { t: 'a', n: 1 },
          { t: 'a', n: 3 },
        ],
        b: [{ t: 'b', n: 2 }],
      },
    ],
  ),
  countBy: entry(
    'countBy(list, key): object',
    'How many items have the same key.',
    (rt, parameters) =>
      record(
        rt,
        [...grouped(rt, parameters, 'countBy')].map(([key, items]) => [key, items.length]),
      ),
    ["countBy(['a', 'b', 'a'])", { a: 2, b: 1 }],
  ),
  keyBy: entry(
    'keyBy(list, key): object',
    'The last item of each key.',
    (rt, parameters) =>
      record(
        rt,
        [...grouped(rt, parameters, 'keyBy')].map(([key, items]) => [key, items.at(-1)]),
      ),
    ["keyBy([{ id: 7, n: 'x' }], 'id')", { 7: { id: 7, n: 'x' } }],
  ),
  sortBy: entry(
    "sortBy(list, key?, direction = 'asc'): array",
    'A copy sorted by a key: numbers by size, the rest as text, null last.',
    sortBy,
    ["sortBy([{ n: 2 }, { n: 1 }], 'n')", [{ n: 1 }, { n: 2 }]],
    ["sortBy([1, 3, 2], x => x, 'desc')", [3, 2, 1]],
  ),
  chunk: entry(
    'chunk(list, size): array',
    'Cut into lists of a size.',
    (rt, [list, size]) => {
      const items = listArgument(rt, list, 'chunk');
      const length = countArgument(rt, size, 'chunk', 1);
      const count = Math.ceil(items.length / length);
      rt.list(items.length + count * 4);
      return Array.from({ length: count }, (_item, index) => items.slice(index * length, (index + 1) * length));
    },
    ['chunk([1, 2, 3], 2)', [[1, 2], [3]]],
  ),
  compact: entry(
    'compact(list): array',
    "Without null, undefined, false, 0, NaN and ''.",
    (rt, [list]) => {
      const items = listArgument(rt, list, 'compact').filter(Boolean);
      rt.list(items.length);
      return items;
    },
    ["compact([1, null, '', 2])", [1, 2]],
  ),
  first: entry('first(list): any', 'The first item.', (rt, [list]) => listArgument(rt, list, 'first')[0], [
    'first([1, 2])',
    1,
  ]),
  last: entry('last(list): any', 'The last item.', (rt, [list]) => listArgument(rt, list, 'last').at(-1), [
    'last([1, 2])',
    2,
  ]),
  range: entry(
    'range(start = 0, end, step = 1): array',
    'Numbers from start up to, not with, end.',
    range,
    ['range(3)', [0, 1, 2]],
    ['range(1, 10, 4)', [1, 5, 9]],
  ),
  zip: entry(
    'zip(...lists): array',
    'Lists of what stands at the same place.',
    (rt, lists) => {
      const sources = lists.map((list) => listArgument(rt, list, 'zip'));
      const length = sources.reduce((most, { length: own }) => Math.max(most, own), 0);
      rt.list(length * (sources.length + 4));
      return Array.from({ length }, (_item, index) => sources.map((source) => source[index]));
    },
    [
      "zip([1, 2], ['a', 'b'])",
      [
        [1, 'a'],
        [2, 'b'],
      ],
    ],
  ),
};

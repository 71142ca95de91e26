import { jsonText } from '../../runtime/json-text.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { listArgument } from './arguments.js';

/** Makes values comparable as map keys: what is equal as JSON is one key. */
function identity(rt: Runtime, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return `json:${jsonText(rt, value)}`;
}

export function distinct(
  rt: Runtime,
  list: readonly unknown[],
  select: (item: unknown, index: number) => unknown,
): unknown[] {
  const seen = new Set<unknown>();
  rt.list(list.length);
  return list.filter((item, index) => {
    const key = identity(rt, select(item, index));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Functions that take lists as sets. */
export const setFunctions: FunctionTable = {
  union: entry(
    'union(...lists): array',
    'What is in any list, once.',
    (rt, lists) =>
      distinct(
        rt,
        lists.flatMap((list) => listArgument(rt, list, 'union')),
        (item) => item,
      ),
    ['union([1, 2], [2, 3])', [1, 2, 3]],
  ),
  intersection: entry(
    'intersection(a, b): array',
    'What is in both lists, once.',
    (rt, [a, b]) => {
      const wanted = new Set(listArgument(rt, b, 'intersection').map((item) => identity(rt, item)));
      return distinct(
        rt,
        listArgument(rt, a, 'intersection').filter((item) => wanted.has(identity(rt, item))),
        (item) => item,
      );
    },
    ['intersection([1, 2], [2, 3])', [2]],
  ),
  difference: entry(
    'difference(a, b): array',
    'What is in the first list and not in the second.',
    (rt, [a, b]) => {
      const unwanted = new Set(listArgument(rt, b, 'difference').map((item) => identity(rt, item)));
      const items = listArgument(rt, a, 'difference').filter((item) => !unwanted.has(identity(rt, item)));
      rt.list(items.length);
      return items;
    },
    ['difference([1, 2], [2, 3])', [1]],
  ),
};

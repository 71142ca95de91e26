import { typeFault } from '../expression.errors.js';
import { Callable } from '../runtime/callable.js';
import { optionalNumber, toNumber, toText } from '../runtime/coercion.js';
import { describe } from '../runtime/iteration.js';
import type { Runtime } from '../runtime/runtime.js';
import type { MethodTable } from './method.js';
import { method } from './method.js';

/** A sorted copy, by JavaScript's rules: undefined last, by text unless a function compares. */
export function sorted(rt: Runtime, list: readonly unknown[], compare: unknown): unknown[] {
  if (compare !== undefined && !(compare instanceof Callable)) {
    throw typeFault(`${describe(compare)} cannot compare; write a function such as (a, b) => a.price - b.price.`);
  }
  rt.list(2 * list.length);
  if (compare !== undefined) return list.slice().sort((a, b) => toNumber(rt, compare.apply(rt, [a, b])));
  const values = list.filter((value) => value !== undefined);
  // A single value is compared with nothing, so it need not have a text.
  const present = values.map((value) => ({ value, text: values.length > 1 ? toText(rt, value) : '' }));
  present.sort((a, b) => {
    rt.work(1 + (Math.min(a.text.length, b.text.length) >> 6));
    return a.text < b.text ? -1 : a.text > b.text ? 1 : 0;
  });
  const result: unknown[] = present.map(({ value }) => value);
  while (result.length < list.length) result.push(undefined);
  return result;
}

function replaceAll(list: unknown[], items: readonly unknown[]): unknown[] {
  for (let index = 0; index < items.length; index++) list[index] = items[index];
  return list;
}

/**
 * Methods that change their list, as in JavaScript. What they change is never the scope: an expression that names one
 * of them reads the scope through private copies.
 */
export function arrayChangeMethods(
  splice: (rt: Runtime, list: unknown[], parameters: unknown[]) => unknown[],
): MethodTable<unknown[]> {
  return {
    sort: method(
      'sort(compare?: (a, b) => number): array',
      'The list, sorted: by text, or by what compare says.',
      (rt, list, [compare]) => replaceAll(list, sorted(rt, list, compare)),
    ),
    toSorted: method('toSorted(compare?: (a, b) => number): array', 'A sorted copy.', (rt, list, [compare]) =>
      sorted(rt, list, compare),
    ),
    reverse: method('reverse(): array', 'The list in reverse order.', (rt, list) => {
      rt.work(list.length);
      return list.reverse();
    }),
    push: method('push(...items): number', 'Adds items at the end; gives the new length.', (rt, list, parameters) => {
      rt.list(parameters.length);
      return list.push(...parameters);
    }),
    pop: method('pop(): any', 'Takes the last item away and gives it.', (_rt, list) => list.pop()),
    shift: method('shift(): any', 'Takes the first item away and gives it.', (rt, list) => {
      rt.work(list.length >> 2);
      return list.shift();
    }),
    unshift: method(
      'unshift(...items): number',
      'Adds items at the start; gives the new length.',
      (rt, list, parameters) => {
        rt.list(list.length + parameters.length);
        return list.unshift(...parameters);
      },
    ),
    splice: method(
      'splice(start, deleteCount?, ...items): array',
      'Takes items out, puts others in; gives those taken.',
      (rt, list, parameters) => {
        rt.list(list.length + parameters.length);
        return splice(rt, list, parameters);
      },
    ),
    fill: method(
      'fill(value, start?, end?): array',
      'Puts the value in every place.',
      (rt, list, [value, start, end]) => {
        rt.work(list.length);
        return list.fill(value, optionalNumber(rt, start), optionalNumber(rt, end));
      },
    ),
    copyWithin: method(
      'copyWithin(target, start, end?): array',
      'Copies a part over another place.',
      (rt, list, [target, start, end]) => {
        rt.work(list.length);
        return list.copyWithin(toNumber(rt, target), toNumber(rt, start), optionalNumber(rt, end));
      },
    ),
  };
}

import { rangeFault, typeFault } from '../../expression.errors.js';
import { parseTime } from '../../methods/construct-date.js';
import { Callable } from '../../runtime/callable.js';
import { toInteger, toText } from '../../runtime/coercion.js';
import { describe } from '../../runtime/iteration.js';
import { readProperty } from '../../runtime/property.js';
import type { Runtime } from '../../runtime/runtime.js';

/** A list argument; null and undefined count as empty, since that is what a missing output is. */
export function listArgument(rt: Runtime, value: unknown, name: string): readonly unknown[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw typeFault(`${name} needs a list, not ${describe(value)}.`);
  rt.work(value.length);
  return value;
}

export function objectArgument(value: unknown, name: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (typeof value !== 'object' || Array.isArray(value) || value instanceof Date || value instanceof Callable) {
    throw typeFault(`${name} needs an object, not ${describe(value)}.`);
  }
  return value as Record<string, unknown>;
}

/** A text argument; null and undefined count as empty. */
export function textArgument(rt: Runtime, value: unknown): string {
  return value === null || value === undefined ? '' : toText(rt, value);
}

export function countArgument(rt: Runtime, value: unknown, name: string, least: number): number {
  const count = toInteger(rt, value);
  if (count >= least && Number.isSafeInteger(count)) return count;
  throw rangeFault(`${name} needs a whole number from ${least} on.`);
}

/** A date argument, as ISO text, milliseconds or a Date, in milliseconds. */
export function timeArgument(rt: Runtime, value: unknown, name: string): number {
  const time =
    value instanceof Date ? value.getTime() : typeof value === 'number' ? value : parseTime(textArgument(rt, value));
  if (Math.abs(time) <= 8.64e15) return time;
  throw rangeFault(`${name} needs a date such as '2026-03-29T01:30:00Z'.`);
}

/** How to get a key from an item: a function, or the path of a property such as 'address.city'. */
export function selector(rt: Runtime, value: unknown, name: string): (item: unknown, index: number) => unknown {
  if (value === undefined) return (item) => item;
  if (value instanceof Callable) return (item, index) => value.call(rt, item, index, undefined);
  if (typeof value !== 'string') throw typeFault(`${name} needs a function or the name of a property.`);
  const path = pathKeys(value);
  return (item) => readPath(rt, item, path);
}

/** 'a.b[0].c' as keys. */
export function pathKeys(path: string): string[] {
  return path
    .replace(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((key) => key !== '');
}

/** What stands at a path; undefined where it ends early. */
export function readPath(rt: Runtime, value: unknown, path: readonly string[]): unknown {
  rt.work(path.length);
  let current = value;
  for (const key of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, key)) return undefined;
    current = readProperty(current, key);
  }
  return current;
}

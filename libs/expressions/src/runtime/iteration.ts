import { typeFault } from '../expression.errors.js';
import { Callable } from './callable.js';
import type { Runtime } from './runtime.js';
import { setOwn } from './property.js';
import { SIZE } from './runtime.js';
import { Sequence } from './sequence.js';

/** What spread, destructuring and `Array.from` read from a value. Charged; the caller may keep the array if it is new. */
export function iterate(rt: Runtime, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') {
    rt.list(value.length);
    return Array.from(value);
  }
  if (value instanceof Sequence) return value.rest();
  throw typeFault(`${describe(value)} cannot be spread or iterated; an array is needed.`);
}

/** Own enumerable keys, as object spread and `Object.keys` see them. */
export function ownKeys(rt: Runtime, value: unknown): string[] {
  if (value === null || value === undefined || value instanceof Callable || typeof value === 'function') return [];
  if (typeof value !== 'object' && typeof value !== 'string') return [];
  const keys = Object.keys(value as object);
  rt.list(keys.length);
  return keys;
}

export function spreadInto(rt: Runtime, target: Record<string, unknown>, value: unknown, except?: Set<string>): void {
  for (const key of ownKeys(rt, value)) {
    if (except?.has(key)) continue;
    rt.allocate(SIZE.property);
    setOwn(target, key, (value as Record<string, unknown>)[key]);
  }
}

/** What a value is, in the words of an error message. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value instanceof Date) return 'a date';
  if (value instanceof Callable) return 'a function';
  if (typeof value === 'object') return 'an object';
  return value === undefined ? 'undefined' : `a ${typeof value}`;
}

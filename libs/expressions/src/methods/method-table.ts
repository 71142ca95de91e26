import { Pattern } from '../regexp/pattern.js';
import { Callable } from '../runtime/callable.js';
import { Sequence } from '../runtime/sequence.js';
import { arrayMethods } from './array-methods.js';
import { dateMethods } from './date-methods.js';
import type { Method, MethodEntry } from './method.js';
import { patternMethods } from './pattern-methods.js';
import { booleanMethods, numberMethods, objectMethods } from './simple-methods.js';
import { stringMethods } from './string-methods.js';

/** All methods by the kind of value that has them: the allow-list of (type, method) pairs. */
export const METHODS = {
  string: stringMethods,
  array: arrayMethods,
  number: numberMethods,
  boolean: booleanMethods,
  date: dateMethods,
  regexp: patternMethods,
  object: objectMethods,
} as const;

export type MethodOwner = keyof typeof METHODS;

/** The kind of value whose methods apply; undefined for what has none, such as a function. */
export function ownerOf(value: unknown): MethodOwner | undefined {
  switch (typeof value) {
    case 'string':
      return 'string';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'object':
      if (Array.isArray(value)) return 'array';
      if (value instanceof Date) return 'date';
      if (value instanceof Pattern) return 'regexp';
      return value === null || value instanceof Callable || value instanceof Sequence ? undefined : 'object';
    default:
      return undefined;
  }
}

/** Finds the method of one name by the value that it is called on; undefined when no kind of value has it. */
export function methodsNamed(name: string): ((self: unknown) => Method<unknown> | undefined) | undefined {
  const byOwner: Partial<Record<MethodOwner, Method<unknown>>> = {};
  let found = false;
  for (const owner of Object.keys(METHODS) as MethodOwner[]) {
    const table: Record<string, MethodEntry<never>> = METHODS[owner];
    if (!Object.hasOwn(table, name)) continue;
    byOwner[owner] = table[name]?.run as Method<unknown> | undefined;
    found = true;
  }
  if (!found) return undefined;
  const { array, string } = byOwner;
  return (self) => {
    if (Array.isArray(self)) return array;
    if (typeof self === 'string') return string;
    const owner = ownerOf(self);
    if (owner === undefined) return undefined;
    if (owner === 'object' && Object.hasOwn(self as object, name)) return undefined;
    return byOwner[owner];
  };
}

export function methodNames(): string[] {
  return [...new Set(Object.values(METHODS).flatMap((table) => Object.keys(table)))];
}

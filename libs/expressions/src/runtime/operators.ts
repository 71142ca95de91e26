import { forbidden, typeFault } from '../expression.errors.js';
import { toKey, toNumber, toPrimitive } from './coercion.js';
import type { Runtime } from './runtime.js';

type Primitive = string | number | boolean | null | undefined;

const isObject = (value: unknown): value is object =>
  (typeof value === 'object' && value !== null) || typeof value === 'function';

export function add(rt: Runtime, a: unknown, b: unknown): unknown {
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  const left = isObject(a) ? toPrimitive(rt, a, 'default') : a;
  const right = isObject(b) ? toPrimitive(rt, b, 'default') : b;
  const sum = (left as number) + (right as number);
  return typeof sum === 'string' ? rt.text(sum) : sum;
}

export function looselyEqual(rt: Runtime, a: unknown, b: unknown): boolean {
  const objectA = isObject(a);
  const objectB = isObject(b);
  if (objectA === objectB || a === null || a === undefined || b === null || b === undefined) return a == b;
  return (objectA ? toPrimitive(rt, a, 'default') : a) == (objectB ? toPrimitive(rt, b, 'default') : b);
}

/** Both sides ready for a native comparison, in JavaScript's order. */
function comparable(rt: Runtime, a: unknown, b: unknown): [Primitive, Primitive] {
  return [toPrimitive(rt, a, 'number') as Primitive, toPrimitive(rt, b, 'number') as Primitive];
}

export function lessThan(rt: Runtime, a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  const [left, right] = comparable(rt, a, b);
  return (left as number) < (right as number);
}

export function atMost(rt: Runtime, a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a <= b;
  const [left, right] = comparable(rt, a, b);
  return (left as number) <= (right as number);
}

export function greaterThan(rt: Runtime, a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a > b;
  const [left, right] = comparable(rt, a, b);
  return (left as number) > (right as number);
}

export function atLeast(rt: Runtime, a: unknown, b: unknown): boolean {
  if (typeof a === 'number' && typeof b === 'number') return a >= b;
  const [left, right] = comparable(rt, a, b);
  return (left as number) >= (right as number);
}

/** `key in target`, over own properties. */
export function hasKey(rt: Runtime, key: unknown, target: unknown): boolean {
  if (!isObject(target)) throw typeFault("The right side of 'in' must be an object or an array.");
  const name = toKey(rt, key);
  if (Object.hasOwn(target, name)) return true;
  if (name in target) throw forbidden(`'${name}' is a method, not a property of the data.`);
  return false;
}

export const ARITHMETIC: Record<string, (a: number, b: number) => number> = {
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
};

export const UNARY: Record<string, (rt: Runtime, value: unknown) => unknown> = {
  '!': (_rt, value) => !value,
  '-': (rt, value) => -toNumber(rt, value),
  '+': (rt, value) => toNumber(rt, value),
  '~': (rt, value) => ~toNumber(rt, value),
  void: () => undefined,
};

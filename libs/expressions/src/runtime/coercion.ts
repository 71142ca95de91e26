import { typeFault, forbidden } from '../expression.errors.js';
import { Pattern } from '../regexp/pattern.js';
import { Callable, functionAsText } from './callable.js';
import { dateText } from './date-text.js';
import type { Runtime } from './runtime.js';
import { Sequence } from './sequence.js';

type Hint = 'string' | 'number' | 'default';

/** JavaScript's ToPrimitive, with `toString` and `valueOf` taken from the value's own properties only. */
export function toPrimitive(rt: Runtime, value: unknown, hint: Hint): unknown {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'function') throw forbidden('The scope holds a function; only plain data can be read.');
    return value;
  }
  if (value instanceof Callable) return functionAsText();
  if (value instanceof Sequence) throw forbidden('Spread this into an array first: [...x.entries()].');
  const textFirst = hint === 'string' || (hint === 'default' && value instanceof Date);
  const first = textFirst ? 'toString' : 'valueOf';
  const primitive = convert(rt, value, first);
  if (typeof primitive !== 'object' || primitive === null) return primitive;
  const second = convert(rt, value, textFirst ? 'valueOf' : 'toString');
  if (typeof second !== 'object' || second === null) return second;
  throw typeFault('An object cannot be turned into text or a number.');
}

function convert(rt: Runtime, value: object, method: 'toString' | 'valueOf'): unknown {
  if (Object.hasOwn(value, method)) {
    const own = (value as Record<string, unknown>)[method];
    return own instanceof Callable ? own.apply(rt, []) : value;
  }
  if (Object.getPrototypeOf(value) === null) return value;
  if (method === 'valueOf') return value instanceof Date ? value.getTime() : value;
  if (Array.isArray(value)) return joined(rt, value, ',');
  if (value instanceof Date) return dateText(value);
  if (value instanceof Pattern) return value.toString();
  return '[object Object]';
}

const joining = new WeakMap<Runtime, Set<unknown>>();

/** `list.join(separator)`; a list inside itself gives '' as it does in JavaScript. */
export function joined(rt: Runtime, list: readonly unknown[], separator: string): string {
  const active = joining.get(rt) ?? new Set();
  joining.set(rt, active);
  if (active.has(list)) return '';
  active.add(list);
  rt.enter(1);
  let text = '';
  for (let index = 0; index < list.length; index++) {
    const item = list[index];
    const part = item === undefined || item === null ? '' : toText(rt, item);
    rt.work(1);
    rt.charge(part.length + (index === 0 ? 0 : separator.length));
    text += index === 0 ? part : separator + part;
  }
  rt.depth++;
  active.delete(list);
  return text;
}

export function toText(rt: Runtime, value: unknown): string {
  return typeof value === 'string' ? value : String(toPrimitive(rt, value, 'string'));
}

export function toNumber(rt: Runtime, value: unknown): number {
  return typeof value === 'number' ? value : Number(toPrimitive(rt, value, 'number'));
}

/** JavaScript's ToIntegerOrInfinity. */
export function toInteger(rt: Runtime, value: unknown): number {
  const number = Math.trunc(toNumber(rt, value));
  return Number.isNaN(number) ? 0 : number;
}

/** An optional number argument: undefined stays undefined, so that the built-in applies its own default. */
export function optionalNumber(rt: Runtime, value: unknown): number | undefined {
  return value === undefined ? undefined : toNumber(rt, value);
}

export function optionalText(rt: Runtime, value: unknown): string | undefined {
  return value === undefined ? undefined : toText(rt, value);
}

/** The key of `target[key]`, coerced once; what was checked is what is read. */
export function toKey(rt: Runtime, key: unknown): string | number {
  if (typeof key === 'string' || typeof key === 'number') return key;
  const primitive = toPrimitive(rt, key, 'string');
  return typeof primitive === 'number' ? primitive : String(primitive);
}

import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';
import { toPrimitive, toNumber } from '../runtime/coercion.js';

/** `new Date(...)`, with UTC as the local time zone. */
export function constructDate(rt: Runtime, parameters: unknown[]): Date {
  rt.allocate(SIZE.date);
  if (parameters.length === 0) return new Date(rt.now);
  const value = parameters[0];
  if (value instanceof Date) return new Date(value.getTime());
  const primitive = toPrimitive(rt, value, 'default');
  return new Date(typeof primitive === 'string' ? Date.parse(primitive) : toNumber(rt, primitive));
}

import { toNumber, toPrimitive } from '../runtime/coercion.js';
import type { Runtime } from '../runtime/runtime.js';
import { SIZE } from '../runtime/runtime.js';

const ISO_LOCAL = /^([+-]\d{6}|\d{4})-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}([.,]\d+)?)?$/;
const ISO = /^([+-]\d{6}|\d{4})(-\d{2}(-\d{2})?)?(T|$)/;
const HAS_ZONE = /(\b(z|ut|utc|gmt|[ecmp][sd]t)\b|[+-]\d{1,2}:?\d{2}\s*(\(|$)|\d\s*z$)/i;
const MAX_DATE_LENGTH = 256;

/** `Date.parse` with UTC as the local time zone, whatever the process has. */
export function parseTime(text: string): number {
  if (text.length > MAX_DATE_LENGTH) return NaN;
  if (ISO_LOCAL.test(text)) return Date.parse(`${text}Z`);
  if (ISO.test(text) || HAS_ZONE.test(text)) return Date.parse(text);
  return Date.parse(`${text} UTC`);
}

/** `new Date(...)`, with UTC as the local time zone. */
export function constructDate(rt: Runtime, parameters: unknown[]): Date {
  rt.allocate(SIZE.date);
  if (parameters.length === 0) return new Date(rt.now);
  if (parameters.length > 1) {
    const [year = NaN, month = NaN, ...rest] = parameters.slice(0, 7).map((part) => toNumber(rt, part));
    return new Date(Date.UTC(year, month, ...rest));
  }
  const value = parameters[0];
  if (value instanceof Date) return new Date(value.getTime());
  const primitive = toPrimitive(rt, value, 'default');
  return new Date(typeof primitive === 'string' ? parseTime(primitive) : toNumber(rt, primitive));
}

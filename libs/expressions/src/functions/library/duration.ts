import { rangeFault } from '../../expression.errors.js';
import { toNumber, toText } from '../../runtime/coercion.js';
import type { Runtime } from '../../runtime/runtime.js';

export interface Duration {
  months: number;
  days: number;
  ms: number;
}

type Unit = keyof Duration;

const UNITS: Record<string, [unit: Unit, amount: number]> = {
  ms: ['ms', 1],
  s: ['ms', 1_000],
  m: ['ms', 60_000],
  h: ['ms', 3_600_000],
  d: ['days', 1],
  w: ['days', 7],
  mo: ['months', 1],
  y: ['months', 12],
  milliseconds: ['ms', 1],
  seconds: ['ms', 1_000],
  minutes: ['ms', 60_000],
  hours: ['ms', 3_600_000],
  days: ['days', 1],
  weeks: ['days', 7],
  months: ['months', 1],
  years: ['months', 12],
};

const ISO_UNITS: Record<string, string> = { Y: 'y', W: 'w', D: 'd', H: 'h', S: 's' };

/** `'90m'`, `'1d 12h'`, `'-1mo'`, `'PT1H30M'`, milliseconds or `{ days: 1, hours: 2 }`. */
export function durationArgument(rt: Runtime, value: unknown): Duration {
  if (typeof value === 'number') return { months: 0, days: 0, ms: value };
  const parts = typeof value === 'object' && value !== null ? objectParts(rt, value) : textParts(toText(rt, value));
  const duration: Duration = { months: 0, days: 0, ms: 0 };
  for (const [amount, name] of parts) {
    const unit = Object.hasOwn(UNITS, name) ? UNITS[name] : undefined;
    if (unit === undefined || !Number.isFinite(amount)) throw notADuration();
    duration[unit[0]] += amount * unit[1];
  }
  if (!Number.isInteger(duration.months)) throw rangeFault('A duration must have whole months and years.');
  return duration;
}

function objectParts(rt: Runtime, value: object): [number, string][] {
  return Object.entries(value).map(([name, amount]) => [toNumber(rt, amount), name.endsWith('s') ? name : `${name}s`]);
}

function textParts(text: string): [number, string][] {
  const [, sign = '', body = ''] = /^\s*([+-]?)(.{1,100})$/.exec(text) ?? [];
  const factor = sign === '-' ? -1 : 1;
  const parts = body.startsWith('P') ? isoParts(body) : plainParts(body);
  if (parts.length === 0) throw notADuration();
  return parts.map(([amount, unit]) => [factor * amount, unit]);
}

function plainParts(text: string): [number, string][] {
  if (!/^(\s*\d+(\.\d+)?\s*(ms|mo|[smhdwy]))+\s*$/.test(text)) throw notADuration();
  return [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|mo|[smhdwy])/g)].map(([, amount, unit]) => [
    Number(amount),
    unit ?? '',
  ]);
}

function isoParts(text: string): [number, string][] {
  const [, date = '', time = ''] = /^P((?:\d+(?:\.\d+)?[YMWD])*)(?:T((?:\d+(?:\.\d+)?[HMS])+))?$/.exec(text) ?? [];
  const read = (part: string, minute: string): [number, string][] =>
    [...part.matchAll(/(\d+(?:\.\d+)?)([YMWDHS])/g)].map(([, amount, unit = '']) => [
      Number(amount),
      ISO_UNITS[unit] ?? minute,
    ]);
  return [...read(date, 'mo'), ...read(time, 'm')];
}

function notADuration(): Error {
  return rangeFault("A duration is written as '90m', '1d 12h', '2w', '1mo', 'PT1H30M' or { days: 1, hours: 12 }.");
}

/** A wall-clock time some months later, on the last day of a month that is too short. */
export function addMonths(wall: number, months: number): number {
  const date = new Date(wall);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(0);
  last.setUTCFullYear(date.getUTCFullYear(), date.getUTCMonth() + 1, 0);
  date.setUTCDate(Math.min(day, last.getUTCDate()));
  return date.getTime();
}

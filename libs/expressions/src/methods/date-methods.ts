import { rangeFault } from '../expression.errors.js';
import { toNumber } from '../runtime/coercion.js';
import { datePart, dateText, timePart } from '../runtime/date-text.js';
import { formatDateTime } from './locale-format.js';
import type { MethodEntry, MethodTable } from './method.js';
import { method } from './method.js';

const PARTS: Record<string, string> = {
  FullYear: 'The year.',
  Month: 'The month, from 0.',
  Date: 'The day of the month, from 1.',
  Day: 'The day of the week; 0 is Sunday.',
  Hours: 'The hour.',
  Minutes: 'The minute.',
  Seconds: 'The second.',
  Milliseconds: 'The millisecond.',
};

type Getter = `getUTC${'FullYear' | 'Month' | 'Date' | 'Day' | 'Hours' | 'Minutes' | 'Seconds' | 'Milliseconds'}`;
type Setter = `setUTC${'FullYear' | 'Month' | 'Date' | 'Hours' | 'Minutes' | 'Seconds' | 'Milliseconds'}`;

function getters(): [string, MethodEntry<Date>][] {
  return Object.entries(PARTS).flatMap(([part, description]) => {
    const native = `getUTC${part}` as Getter;
    return [`get${part}`, `getUTC${part}`].map((name): [string, MethodEntry<Date>] => [
      name,
      method(`${name}(): number`, `${description} In UTC.`, (_rt, self) => self[native]()),
    ]);
  });
}

function setters(): [string, MethodEntry<Date>][] {
  return Object.entries(PARTS)
    .filter(([part]) => part !== 'Day')
    .flatMap(([part, description]) => {
      const native = `setUTC${part}` as Setter;
      return [`set${part}`, `setUTC${part}`].map((name): [string, MethodEntry<Date>] => [
        name,
        method(
          `${name}(value): number`,
          `Sets it and gives the time in milliseconds. ${description}`,
          (rt, self, parameters) => {
            const values = parameters.slice(0, 4).map((value) => toNumber(rt, value));
            return (self[native] as (...parts: number[]) => number)(...values);
          },
        ),
      ]);
    });
}

const DATE_FIELDS: Intl.DateTimeFormatOptions = { year: 'numeric', month: 'numeric', day: 'numeric' };
const TIME_FIELDS: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: 'numeric', second: 'numeric' };

function iso(self: Date): string {
  if (Number.isNaN(self.getTime())) throw rangeFault('This is not a valid date.');
  return self.toISOString();
}

/** All methods of dates. The local time zone is always UTC. */
export const dateMethods: MethodTable<Date> = {
  ...Object.fromEntries(getters()),
  ...Object.fromEntries(setters()),
  getTime: method('getTime(): number', 'Milliseconds since 1970.', (_rt, self) => self.getTime()),
  setTime: method('setTime(ms): number', 'Sets the milliseconds since 1970.', (rt, self, [time]) =>
    self.setTime(toNumber(rt, time)),
  ),
  getTimezoneOffset: method('getTimezoneOffset(): number', 'Always 0: the time zone is UTC.', (_rt, self) =>
    Number.isNaN(self.getTime()) ? NaN : 0,
  ),
  toISOString: method('toISOString(): string', 'As 2026-03-29T01:30:00.000Z.', (_rt, self) => iso(self)),
  toJSON: method('toJSON(): string', 'As 2026-03-29T01:30:00.000Z, or null for an invalid date.', (_rt, self) =>
    Number.isNaN(self.getTime()) ? null : self.toISOString(),
  ),
  toString: method<Date>('toString(): string', 'As people read it, in UTC.', (_rt, self) => dateText(self)),
  toDateString: method('toDateString(): string', 'The day, as people read it.', (_rt, self) => datePart(self)),
  toTimeString: method('toTimeString(): string', 'The time of day, as people read it.', (_rt, self) => timePart(self)),
  toUTCString: method('toUTCString(): string', 'As in HTTP headers.', (_rt, self) => self.toUTCString()),
  toLocaleString: method<Date>(
    "toLocaleString(locale = 'en-US', options?): string",
    'Day and time, by the habits of a language.',
    (rt, self, [locale, options]) =>
      formatDateTime(rt, self.getTime(), locale, options, { ...DATE_FIELDS, ...TIME_FIELDS }),
  ),
  toLocaleDateString: method(
    "toLocaleDateString(locale = 'en-US', options?): string",
    'The day, by the habits of a language.',
    (rt, self, [locale, options]) => formatDateTime(rt, self.getTime(), locale, options, DATE_FIELDS),
  ),
  toLocaleTimeString: method(
    "toLocaleTimeString(locale = 'en-US', options?): string",
    'The time, by the habits of a language.',
    (rt, self, [locale, options]) => formatDateTime(rt, self.getTime(), locale, options, TIME_FIELDS),
  ),
  valueOf: method<Date>('valueOf(): number', 'Milliseconds since 1970.', (_rt, self) => self.getTime()),
};

import { rangeFault } from '../../expression.errors.js';
import { optionalText, toText } from '../../runtime/coercion.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { FunctionTable } from '../entry.js';
import { entry } from '../entry.js';
import { textArgument, timeArgument } from './arguments.js';
import { formatWall, parseByFormat } from './date-format.js';
import { addMonths, durationArgument } from './duration.js';
import { fromWall, offsetAt, toWall } from './time-zone.js';

/** Asking for a zone's offset costs some microseconds. */
const ZONE_WORK = 100;

function zoneArgument(rt: Runtime, value: unknown): string {
  rt.work(ZONE_WORK);
  const zone = optionalText(rt, value) ?? 'UTC';
  offsetAt(0, zone);
  return zone;
}

function isoText(rt: Runtime, time: number, name: string): string {
  if (!(Math.abs(time) <= 8.64e15)) throw rangeFault(`${name}: the date is out of range.`);
  return rt.text(new Date(time).toISOString());
}

const UNITS = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute', 'second'] as const;
type CalendarUnit = (typeof UNITS)[number];
const UNIT_MS = { week: 604_800_000, day: 86_400_000, hour: 3_600_000, minute: 60_000, second: 1_000, millisecond: 1 };

function unitArgument(rt: Runtime, value: unknown): CalendarUnit {
  const name = toText(rt, value).replace(/s$/, '');
  const unit = UNITS.find((known) => known === name);
  if (unit === undefined) throw rangeFault(`The unit must be one of ${UNITS.join(', ')}.`);
  return unit;
}

function startOfUnit(wall: number, unit: CalendarUnit): number {
  const date = new Date(wall);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const first = { year: 0, quarter: month - (month % 3), month }[unit as 'year'] as number | undefined;
  if (first !== undefined) return new Date(0).setUTCFullYear(year, first, 1);
  const startOfDay = Math.floor(wall / UNIT_MS.day) * UNIT_MS.day;
  if (unit === 'week') return startOfDay - ((date.getUTCDay() + 6) % 7) * UNIT_MS.day;
  const size = UNIT_MS[unit as 'day'];
  return Math.floor(wall / size) * size;
}

const MONTHS_OF = { year: 12, quarter: 3, month: 1 };

function endOfUnit(wall: number, unit: CalendarUnit): number {
  const start = startOfUnit(wall, unit);
  const months = MONTHS_OF[unit as 'year'] as number | undefined;
  return (months === undefined ? start + UNIT_MS[unit as 'day'] : addMonths(start, months)) - 1;
}

function addDuration(rt: Runtime, [date, value, zoneValue]: unknown[]): string {
  const zone = zoneArgument(rt, zoneValue);
  const { months, days, ms } = durationArgument(rt, value);
  const time = timeArgument(rt, date, 'addDuration');
  const moved = addMonths(toWall(time, zone), months) + days * UNIT_MS.day;
  const instant = months === 0 && days === 0 ? time : fromWall(moved, zone);
  return isoText(rt, instant + ms, 'addDuration');
}

function dateDiff(rt: Runtime, [from, to, unitValue]: unknown[]): number {
  const unit = unitValue === undefined ? 'millisecond' : toText(rt, unitValue).replace(/s$/, '');
  const [start, end] = [timeArgument(rt, from, 'dateDiff'), timeArgument(rt, to, 'dateDiff')];
  if (Object.hasOwn(UNIT_MS, unit)) return (end - start) / UNIT_MS[unit as keyof typeof UNIT_MS];
  if (!Object.hasOwn(MONTHS_OF, unit)) throw rangeFault(`The unit must be one of ${UNITS.join(', ')} or millisecond.`);
  return Math.trunc(wholeMonths(start, end) / MONTHS_OF[unit as 'year']);
}

function wholeMonths(start: number, end: number): number {
  if (end < start) return -wholeMonths(end, start);
  const [a, b] = [new Date(start), new Date(end)];
  const months = (b.getUTCFullYear() - a.getUTCFullYear()) * 12 + b.getUTCMonth() - a.getUTCMonth();
  return addMonths(start, months) > end ? months - 1 : months;
}

function formatDate(rt: Runtime, [date, format, zoneValue]: unknown[]): string {
  const time = timeArgument(rt, date, 'formatDate');
  if (format === undefined) return isoText(rt, time, 'formatDate');
  const offset = offsetAt(time, zoneArgument(rt, zoneValue));
  return rt.text(formatWall(time + offset, offset, toText(rt, format)));
}

function parseDate(rt: Runtime, [text, format, zoneValue]: unknown[]): string {
  const zone = zoneArgument(rt, zoneValue);
  if (format === undefined) return isoText(rt, timeArgument(rt, text, 'parseDate'), 'parseDate');
  const time = parseByFormat(textArgument(rt, text), toText(rt, format), zone);
  if (Number.isNaN(time)) throw rangeFault('parseDate: the text does not fit the format.');
  return isoText(rt, time, 'parseDate');
}

function durationMs(rt: Runtime, [value]: unknown[]): number {
  const { months, days, ms } = durationArgument(rt, value);
  if (months !== 0) throw rangeFault('durationMs: months and years have no fixed length.');
  return days * UNIT_MS.day + ms;
}

/** Functions over dates. They take ISO text, milliseconds or a Date, and give ISO text in UTC. */
export const dateFunctions: FunctionTable = {
  now: entry('now(): string', 'The time of the evaluation, as ISO text.', (rt) => isoText(rt, rt.now, 'now'), [
    'now().length',
    24,
  ]),
  parseDate: entry(
    'parseDate(text, format?, zone?): string',
    'A date as ISO text; read by a format if one is given.',
    parseDate,
    ["parseDate('29.03.2026 10:15', 'dd.MM.yyyy HH:mm', 'Europe/Berlin')", '2026-03-29T08:15:00.000Z'],
    ["parseDate('2026-03-29')", '2026-03-29T00:00:00.000Z'],
  ),
  formatDate: entry(
    'formatDate(date, format?, zone?): string',
    "By a format: yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h mm m ss s SSS a XXX, 'text' in quotes.",
    formatDate,
    [
      "formatDate('2026-03-29T01:30:00Z', 'EEE d MMM yyyy, HH:mm XXX', 'Europe/Berlin')",
      'Sun 29 Mar 2026, 03:30 +02:00',
    ],
  ),
  addDuration: entry(
    'addDuration(date, duration, zone?): string',
    "Later by '90m', '1d 12h', '1mo', '-2w', 'PT1H' or { days: 1 }; days and months by the zone's calendar.",
    addDuration,
    ["addDuration('2026-01-31T10:00:00Z', '1mo')", '2026-02-28T10:00:00.000Z'],
    ["addDuration('2026-03-28T12:00:00Z', '1d', 'Europe/Berlin')", '2026-03-29T11:00:00.000Z'],
  ),
  startOf: entry(
    'startOf(date, unit, zone?): string',
    'The start of the year, quarter, month, week (Monday), day, hour, minute or second.',
    (rt, [date, unit, zoneValue]) => {
      const zone = zoneArgument(rt, zoneValue);
      const wall = toWall(timeArgument(rt, date, 'startOf'), zone);
      return isoText(rt, fromWall(startOfUnit(wall, unitArgument(rt, unit)), zone), 'startOf');
    },
    ["startOf('2026-03-29T10:15:00Z', 'month')", '2026-03-01T00:00:00.000Z'],
  ),
  endOf: entry(
    'endOf(date, unit, zone?): string',
    'The last millisecond of that unit.',
    (rt, [date, unit, zoneValue]) => {
      const zone = zoneArgument(rt, zoneValue);
      const wall = toWall(timeArgument(rt, date, 'endOf'), zone);
      return isoText(rt, fromWall(endOfUnit(wall, unitArgument(rt, unit)), zone), 'endOf');
    },
    ["endOf('2026-02-10', 'month')", '2026-02-28T23:59:59.999Z'],
  ),
  dateDiff: entry(
    "dateDiff(from, to, unit = 'millisecond'): number",
    'How much later the second is; whole months, quarters and years.',
    dateDiff,
    ["dateDiff('2026-01-01', '2026-01-02T12:00:00Z', 'days')", 1.5],
    ["dateDiff('2026-01-31', '2026-03-30', 'month')", 1],
  ),
  durationMs: entry('durationMs(duration): number', 'A duration in milliseconds.', durationMs, [
    "durationMs('1h 30m')",
    5400000,
  ]),
};

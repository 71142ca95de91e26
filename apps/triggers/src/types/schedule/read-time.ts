import type { Zone } from './zone.js';

const TIME =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3})\d*)?)?)?(?:([Zz])|([+-])(\d{2}):(\d{2}))?$/;
const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/;
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const MAX_DURATION = 366 * 86_400_000;

/**
 * An instant from RFC 3339, or from a wall time without offset on the clocks of a zone.
 * @returns null when it is none, e.g. 30 February
 */
export function readTime(text: string, zone: Zone): number | null {
  const parts = TIME.exec(text);
  if (!parts) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second, Number((parts[7] ?? '0').padEnd(3, '0')));
  const shown = new Date(wall);
  const isReal = shown.getUTCMonth() === month - 1 && shown.getUTCDate() === day && shown.getUTCHours() === hour;
  if (!isReal || minute > 59 || second > 59 || shown.getUTCFullYear() !== year) return null;
  if (parts[8]) return wall;
  if (!parts[9]) return zone.instantOf(wall);
  const [hours, minutes] = [Number(parts[10]), Number(parts[11])];
  if (hours > 14 || minutes > 59) return null;
  return wall - (parts[9] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Milliseconds of `30s`, `5m`, `2h`; null when it is none, or longer than a year. */
export function readDuration(text: string): number | null {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? Number.NaN);
  return ms <= MAX_DURATION ? ms : null;
}

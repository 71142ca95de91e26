import { CronDays } from './cron-days.js';
import { CronFault, HOUR, MINUTE, readField, SECOND } from './cron-fields.js';
import type { Timetable } from './timetable.js';
import type { Zone } from './zone.js';

const DAY = 86_400_000;
const MAX_LENGTH = 256;
const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

/** A date that the expression means and on which the clocks are not put; `from` is its begin. */
interface SteadyDay {
  date: number;
  from: number;
}

/**
 * A cron expression of 5 fields, or 6 with seconds first, on the clocks of a zone. With every hour allowed it follows real
 * time: what the clocks show twice fires twice, what they never show does not. With certain hours it means times of day,
 * and each of a day fires once: shown twice, at the first; never shown, as long after the change as it would have been.
 */
export class Cron implements Timetable {
  private readonly seconds: number[];
  private readonly minutes: number[];
  private readonly hours: number[];
  private readonly days: CronDays;
  private readonly realTime: boolean;
  /** The day that was looked at last: the next tick is mostly on it too. */
  private steady: SteadyDay | null = null;
  /** Of a day on which the clocks are put: the only ones that have to be counted one by one. */
  private counted: { date: number; ticks: number[] } | null = null;

  /** @throws CronFault */
  constructor(
    text: string,
    private readonly zone: Zone,
  ) {
    const [second = '', minute = '', hour = '', dayOfMonth = '', month = '', dayOfWeek = ''] = fieldsOf(text);
    this.seconds = readField(SECOND, second);
    this.minutes = readField(MINUTE, minute);
    this.hours = readField(HOUR, hour);
    this.days = new CronDays(dayOfMonth, month, dayOfWeek);
    this.days.assertPossible();
    this.realTime = this.hours.length === 24;
  }

  next(after: number): number | null {
    const today = this.steady && after >= this.steady.from && after < this.steady.from + DAY ? this.steady : null;
    const soon = today && this.firstOnSteady(today, after);
    if (soon !== null) return soon;
    // A gap may put the last times of a day beyond its end.
    let date = today ? today.date + DAY : dateOf(this.zone.wallAt(after)) - DAY;
    for (;;) {
      const found = this.days.next(date);
      if (found === null) return null;
      const tick = this.firstOn(found, after);
      if (tick !== null) return tick;
      date = found + DAY;
    }
  }

  private firstOn(date: number, after: number): number | null {
    const offset = this.zone.steadyOffset(date, date + DAY);
    if (offset === null) return this.ticksAround(date).find((tick) => tick > after) ?? null;
    this.steady = { date, from: date - offset };
    return this.firstOnSteady(this.steady, after);
  }

  private firstOnSteady({ from }: SteadyDay, after: number): number | null {
    const time = this.nextTime(Math.floor((after - from) / 1000) + 1);
    return time === null ? null : from + time * 1000;
  }

  /** First time of day from a second on, in seconds; null when the day has no more. */
  private nextTime(from: number): number | null {
    if (from >= 86_400) return null;
    const [h, m, s] = from <= 0 ? [0, 0, 0] : [Math.floor(from / 3600), Math.floor(from / 60) % 60, from % 60];
    const [firstMinute = 0, firstSecond = 0] = [this.minutes[0], this.seconds[0]];
    const second = this.hours.includes(h) && this.minutes.includes(m) ? atLeast(this.seconds, s) : undefined;
    if (second !== undefined) return h * 3600 + m * 60 + second;
    const minute = this.hours.includes(h) ? atLeast(this.minutes, m + 1) : undefined;
    if (minute !== undefined) return h * 3600 + minute * 60 + firstSecond;
    const hour = atLeast(this.hours, h + 1);
    return hour === undefined ? null : hour * 3600 + firstMinute * 60 + firstSecond;
  }

  /** Ticks of a date and of the next, in order: those of the first may come after the first of the second. */
  private ticksAround(date: number): number[] {
    if (this.counted?.date === date) return this.counted.ticks;
    const ticks = new Set<number>();
    for (const day of [date, date + DAY])
      if (this.days.matches(day)) for (const tick of this.ticksOn(day)) ticks.add(tick);
    const sorted = [...ticks].sort((a, b) => a - b);
    this.counted = { date, ticks: sorted };
    return sorted;
  }

  private *ticksOn(date: number): Iterable<number> {
    for (const hour of this.hours)
      for (const minute of this.minutes)
        for (const second of this.seconds) {
          const wall = date + (hour * 3600 + minute * 60 + second) * 1000;
          if (this.realTime) yield* this.zone.instantsOf(wall);
          else yield this.zone.instantOf(wall);
        }
  }
}

function fieldsOf(text: string): string[] {
  if (text.length > MAX_LENGTH) throw new CronFault(`It has ${text.length} characters; ${MAX_LENGTH} are allowed.`);
  const trimmed = text.trim();
  const fields = (MACROS[trimmed.toLowerCase()] ?? trimmed).split(/\s+/);
  if (fields.length === 6) return fields;
  if (fields.length === 5) return ['0', ...fields];
  throw new CronFault(
    `It has ${fields.length} fields; it takes 5 (minute, hour, day of month, month, day of week), or 6 with the second first.`,
  );
}

function dateOf(wall: number): number {
  return Math.floor(wall / DAY) * DAY;
}

function atLeast(values: readonly number[], least: number): number | undefined {
  return values.find((value) => value >= least);
}

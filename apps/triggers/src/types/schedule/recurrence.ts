import { RRuleTemporal } from 'rrule-temporal';
import type { Timetable } from './timetable.js';
import type { Zone } from './zone.js';

const DAY = 86_400_000;
const MAX_LENGTH = 1_000;
/** A rule that finds nothing within so many steps counts as over: it may match nothing at all. */
const MAX_STEPS = 20_000;
const START = /^DTSTART:(\d{8})T(\d{6})(Z?)$/;
const UNTIL = /UNTIL=(\d{8})(?:T(\d{6})(Z?))?/;

/** A recurrence rule that cannot be used. */
export class RecurrenceFault extends Error {}

/**
 * A recurrence rule of RFC 5545 on the clocks of a zone: wall times, each of which fires once; what the clocks never show, as
 * long after the change as it would have been.
 */
export class Recurrence implements Timetable {
  /** Counts in wall times as if they were UTC. */
  private readonly rule: RRuleTemporal;

  /**
   * @param anchor start of a rule without DTSTART
   * @throws RecurrenceFault
   */
  constructor(
    text: string,
    private readonly zone: Zone,
    anchor: number,
  ) {
    if (text.length > MAX_LENGTH) throw new RecurrenceFault(`It has more than ${MAX_LENGTH} characters.`);
    const { rule, start } = readLines(text, zone);
    if (/FREQ=(MINUTELY|SECONDLY)/.test(rule))
      throw new RecurrenceFault('FREQ goes down to HOURLY; for shorter intervals take every or cron.');
    const from = stamp(start ?? zone.wallAt(Math.floor(anchor / 1000) * 1000));
    try {
      this.rule = new RRuleTemporal({
        rruleString: `DTSTART;TZID=UTC:${from}\nRRULE:${rule.replace(UNTIL, (...parts) => until(parts, zone))}`,
        maxIterations: MAX_STEPS,
      });
    } catch (error) {
      throw new RecurrenceFault(
        `The rule is not understood: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  next(after: number): number | null {
    // A day more: what a gap has moved is looked for from before the gap.
    let found: number | null = null;
    for (let wall = this.wallAfter(this.zone.wallAt(after) - DAY); wall !== null; wall = this.wallAfter(wall)) {
      const instant = this.zone.instantOf(wall);
      if (instant > after) found = Math.min(found ?? instant, instant);
      // Only where the clocks are put can a later wall time come before an earlier one.
      if (found !== null && (wall - DAY > found || this.zone.steadyOffset(wall, wall) !== null)) return found;
    }
    return found;
  }

  private wallAfter(wall: number): number | null {
    try {
      return this.rule.next(new Date(wall))?.epochMilliseconds ?? null;
    } catch {
      return null;
    }
  }
}

function readLines(text: string, zone: Zone): { rule: string; start: number | null } {
  let start: number | null = null;
  let rule: string | null = null;
  for (const line of text
    .toUpperCase()
    .split(/\r?\n/)
    .map((one) => one.trim())) {
    const [, date = '', time = '', utc] = START.exec(line) ?? [];
    if (date) start = utc ? zone.wallAt(wallOf(date, time)) : wallOf(date, time);
    else if (line.startsWith('DTSTART'))
      throw new RecurrenceFault(
        'DTSTART must be like DTSTART:20260101T090000 (or with Z); the zone belongs into timezone.',
      );
    else if (/^(RRULE:)?FREQ=/.test(line) && rule === null) rule = line.replace(/^RRULE:/, '');
    else if (line !== '')
      throw new RecurrenceFault(
        `The line '${line.slice(0, 60)}' is not understood; it takes one DTSTART and one RRULE.`,
      );
  }
  if (rule === null) throw new RecurrenceFault('There is no rule such as FREQ=WEEKLY;BYDAY=MO,WE.');
  return { rule, start };
}

/** The end of a rule in wall times, as everything else in it. */
function until(parts: string[], zone: Zone): string {
  const [, date = '', time = '235959', utc] = parts;
  const wall = wallOf(date, time);
  return `UNTIL=${stamp(utc ? zone.wallAt(wall) : wall)}Z`;
}

function wallOf(date: string, time: string): number {
  const iso = `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}T${time.slice(0, 2)}:${time.slice(2, 4)}:${time.slice(4)}Z`;
  const wall = Date.parse(iso);
  if (Number.isNaN(wall) || stamp(wall) !== `${date}T${time}`) throw new RecurrenceFault(`${date}T${time} is no time.`);
  return wall;
}

function stamp(wall: number): string {
  return new Date(wall).toISOString().replace(/[-:]|\.\d+Z/g, '');
}

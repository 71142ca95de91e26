import type { Fault } from '@rpa/contracts';
import { createHash } from 'node:crypto';
import { Cron } from './cron.js';
import { CronFault } from './cron-fields.js';
import { ExcludedDays } from './excluded-days.js';
import { readDuration, readTime } from './read-time.js';
import { Recurrence, RecurrenceFault } from './recurrence.js';
import type { ScheduleConfig } from './schedule-config.js';
import { every, onceAt, type Timetable } from './timetable.js';
import { Zone } from './zone.js';

const DAY = 86_400_000;
const MIN_INTERVAL = 1_000;
const MAX_JITTER = DAY;
const MAX_EXCLUDED = 10_000;
const KINDS = ['cron', 'every', 'rrule', 'at'] as const;

/** When a schedule is due, with its limits and exclusions; null where its config has faults. */
export interface ReadSchedule {
  timetable: Timetable;
  zone: Zone;
  /** Milliseconds by which a time of the timetable fires later. */
  jitterOf(scheduleId: string, scheduledFor: number): number;
}

/**
 * Reads the config of a schedule.
 * @param anchor where intervals and rules without a start are counted from
 * @param faults takes what is wrong, with paths relative to the config
 */
export function readSchedule(config: ScheduleConfig, anchor: number, faults: Fault[] = []): ReadSchedule | null {
  const before = faults.length;
  const zone = Zone.find(config.timezone ?? 'UTC');
  if (!zone) {
    faults.push(fault('timezone', 'timezone', 'is no IANA time zone such as Europe/Berlin'));
    return null;
  }
  const time = (field: 'startAt' | 'endAt'): number | undefined => {
    const text = config[field];
    const read = text === undefined ? undefined : readTime(text, zone);
    if (read === null) faults.push(fault(field, 'time', 'is no time such as 2026-12-01T09:00:00Z'));
    return read ?? undefined;
  };
  const [startAt, endAt] = [time('startAt'), time('endAt')];
  const jitter = duration(config, 'jitter', 0, MAX_JITTER, faults);
  duration(config, 'grace', 0, 7 * DAY, faults);
  const times = readTimes(config, zone, startAt ?? anchor, faults);
  if (!times || faults.length > before) return null;
  const bounded = within(times, zone, { startAt, endAt, excluded: config.exclude && new ExcludedDays(config.exclude) });
  return {
    timetable: bounded,
    zone,
    jitterOf: (scheduleId, scheduledFor) => (jitter > 0 ? fractionOf(`${scheduleId} ${scheduledFor}`) * jitter : 0),
  };
}

function readTimes(config: ScheduleConfig, zone: Zone, anchor: number, faults: Fault[]): Timetable | null {
  const given = KINDS.filter((kind) => config[kind] !== undefined);
  const [kind] = given;
  if (given.length !== 1 || !kind) {
    faults.push(fault(given[1] ?? 'cron', 'one_of', `needs exactly one of ${KINDS.join(', ')}`));
    return null;
  }
  try {
    if (kind === 'cron') return new Cron(config.cron ?? '', zone);
    if (kind === 'rrule') return new Recurrence(config.rrule ?? '', zone, anchor);
  } catch (error) {
    if (!(error instanceof CronFault || error instanceof RecurrenceFault)) throw error;
    faults.push(fault(kind, kind, error.message));
    return null;
  }
  if (kind === 'every') return every(duration(config, 'every', MIN_INTERVAL, 366 * DAY, faults), anchor);
  const texts = [config.at ?? []].flat();
  const instants = texts.map((text) => readTime(text, zone));
  if (instants.includes(null)) faults.push(fault('at', 'time', 'holds what is no time such as 2026-12-01T09:00:00Z'));
  return onceAt(instants.filter((instant) => instant !== null));
}

interface Bounds {
  startAt: number | undefined;
  endAt: number | undefined;
  excluded: ExcludedDays | undefined;
}

function within(times: Timetable, zone: Zone, { startAt, endAt, excluded }: Bounds): Timetable {
  return {
    next(after) {
      let from = startAt === undefined ? after : Math.max(after, startAt - 1);
      for (let skipped = 0; skipped < MAX_EXCLUDED; skipped++) {
        const tick = times.next(from);
        if (tick === null || (endAt !== undefined && tick >= endAt)) return null;
        const wall = zone.wallAt(tick);
        if (!excluded?.has(wall)) return tick;
        // On with the next day: this one may have a tick every second.
        from = Math.max(tick, zone.instantOf((Math.floor(wall / DAY) + 1) * DAY) - 1);
      }
      return null;
    },
  };
}

function duration(
  config: ScheduleConfig,
  field: 'every' | 'jitter' | 'grace',
  least: number,
  most: number,
  faults: Fault[],
): number {
  const text = config[field];
  if (text === undefined) return 0;
  const ms = readDuration(text);
  if (ms !== null && ms >= least && ms <= most) return ms;
  const range = `${least > 0 ? `at least ${least / 1000}s, ` : ''}at most ${most / DAY}d`;
  faults.push(fault(field, 'duration', `must be a duration such as 30s, 5m or 2h; ${range}`));
  return most;
}

/** From 0 to 1, the same for the same text, whoever asks. */
function fractionOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 0xffff_ffff;
}

function fault(path: string, code: string, message: string): Fault {
  return { path, code, message };
}

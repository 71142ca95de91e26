import type { ScheduleConfig } from '../types/schedule/schedule-config.js';
import type { ReadSchedule } from '../types/schedule/read-schedule.js';
import { readDuration } from '../types/schedule/read-time.js';

const GRACE_MS = 60_000;
const CATCH_UP = 10;
/** Missed times that are remembered one by one; older ones are counted. */
const REMEMBERED = 1_000;

export interface TickPlan {
  /** Times that fire now. */
  fire: number[];
  /** Times that passed and do not fire, the latest of them. */
  missed: number[];
  /** How many more there were before the first of `missed`. */
  olderMissed: number;
  /** The time after all of these; null: none. */
  next: number | null;
}

/**
 * Decides about every time from the one that is due on.
 * @param dueUntil times up to here count as passed
 */
export function planTicks(
  schedule: ReadSchedule,
  config: ScheduleConfig,
  scheduleId: string,
  due: number,
  now: number,
): TickPlan {
  const graceMs = config.grace === undefined ? GRACE_MS : (readDuration(config.grace) ?? GRACE_MS);
  const fire: number[] = [];
  const missed: number[] = [];
  let olderMissed = 0;
  let tick: number | null = due;
  for (; tick !== null; tick = schedule.timetable.next(tick)) {
    const fireAt = tick + schedule.jitterOf(scheduleId, tick);
    if (fireAt > now) break;
    if (fireAt >= now - graceMs) fire.push(tick);
    else missed.push(tick);
    if (missed.length > 2 * REMEMBERED) olderMissed += missed.splice(0, REMEMBERED).length;
  }
  // A burst that all may still fire is bounded like what was missed.
  if (fire.length > REMEMBERED) missed.push(...fire.splice(0, fire.length - REMEMBERED));
  const again = config.misfire === 'catch_up' ? (config.catchUpLimit ?? CATCH_UP) : config.misfire === 'skip' ? 0 : 1;
  // One for all that were missed is enough where a time that is not missed fires anyway.
  const lost = config.misfire === 'catch_up' || fire.length === 0 ? again : 0;
  const caught = lost > 0 ? missed.splice(-lost) : [];
  const excess = missed.length - REMEMBERED;
  if (excess > 0) olderMissed += missed.splice(0, excess).length;
  return { fire: [...caught, ...fire], missed, olderMissed, next: tick };
}

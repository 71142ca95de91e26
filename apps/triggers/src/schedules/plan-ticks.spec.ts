import { describe, expect, it } from '@jest/globals';
import { readSchedule } from '../types/schedule/read-schedule.js';
import type { ScheduleConfig } from '../types/schedule/schedule-config.js';
import { planTicks } from './plan-ticks.js';

const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** What becomes of times every ten minutes when somebody looks `lateMinutes` after the first. */
function plan(lateMinutes: number, more: ScheduleConfig = {}) {
  const config = { every: '10m', ...more };
  const schedule = readSchedule(config, START);
  if (!schedule) throw new Error('not readable');
  const { fire, missed, olderMissed, next } = planTicks(schedule, config, 's', START, START + lateMinutes * MINUTE);
  const minutes = (times: number[]) => times.map((time) => (time - START) / MINUTE);
  return {
    fire: minutes(fire),
    missed: minutes(missed),
    olderMissed,
    next: next === null ? null : (next - START) / MINUTE,
  };
}

describe('planTicks', () => {
  it('fires what is due, and no more', () => {
    expect(plan(0.5)).toEqual({ fire: [0], missed: [], olderMissed: 0, next: 10 });
  });

  it('fires once for all that were missed', () => {
    expect(plan(35)).toEqual({ fire: [30], missed: [0, 10, 20], olderMissed: 0, next: 40 });
  });

  it('fires no more where one is due anyway', () => {
    expect(plan(30.5)).toEqual({ fire: [30], missed: [0, 10, 20], olderMissed: 0, next: 40 });
  });

  it('skips what was missed', () => {
    expect(plan(35, { misfire: 'skip' })).toEqual({ fire: [], missed: [0, 10, 20, 30], olderMissed: 0, next: 40 });
  });

  it('catches up with the latest', () => {
    expect(plan(35, { misfire: 'catch_up', catchUpLimit: 2 })).toMatchObject({ fire: [20, 30], missed: [0, 10] });
    expect(plan(35, { misfire: 'catch_up' })).toMatchObject({ fire: [0, 10, 20, 30], missed: [] });
  });

  it('misses nothing within the grace', () => {
    expect(plan(35, { grace: '1h' })).toMatchObject({ fire: [0, 10, 20, 30], missed: [] });
    expect(plan(0.5, { grace: '0s' })).toMatchObject({ fire: [0], missed: [] });
  });

  it('remembers the latest of very many, and counts the others', () => {
    const { fire, missed, olderMissed } = plan(50_005);
    expect([fire.length, missed.length, olderMissed]).toEqual([1, 1_000, 4_000]);
    expect(missed.at(-1)).toBe(49_990);
  });

  it('ends with its end', () => {
    expect(plan(5, { endAt: '2026-01-01T00:10:00Z' })).toMatchObject({ next: null });
  });
});

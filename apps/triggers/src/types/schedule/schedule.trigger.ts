import type { Fault } from '@rpa/contracts';
import { defineTrigger } from '../define-trigger.js';
import { readSchedule } from './read-schedule.js';
import { RunSchedules } from './run-schedules.js';
import { ScheduleConfigSchema, type ScheduleConfig } from './schedule-config.js';

export const scheduleTrigger = defineTrigger({
  type: 'schedule',
  title: 'Schedule',
  summary: 'Fires at times: cron, intervals, recurrence rules or single times, on the clocks of any zone.',
  config: ScheduleConfigSchema,
  ui: {
    cron: { control: 'cron', label: 'Cron', placeholder: '0 9 * * MON-FRI' },
    every: { label: 'Every', placeholder: '5m' },
    rrule: { label: 'Recurrence rule', placeholder: 'FREQ=WEEKLY;BYDAY=MO,WE;BYHOUR=9' },
    at: { label: 'At', placeholder: '2026-12-01T09:00:00Z' },
    timezone: { control: 'timezone', label: 'Time zone', placeholder: 'Europe/Berlin' },
    startAt: { label: 'Not before' },
    endAt: { label: 'Not from' },
    exclude: { control: 'calendar', label: 'Except on' },
    jitter: { label: 'Spread over', placeholder: '30s' },
    misfire: { label: 'When times were missed', help: 'What happens after an outage' },
  },
  sample: { payload: { scheduledFor: '2026-12-01T09:00:00.000Z', timezone: 'UTC' }, headers: {} },
  check(config: ScheduleConfig): Fault[] {
    const faults: Fault[] = [];
    const now = Date.now();
    const read = readSchedule(config, now, faults);
    if (read && read.timetable.next(now - 1) === null)
      faults.push({ path: kindOf(config), code: 'never_fires', message: 'never fires from now on' });
    return faults;
  },
  shared: RunSchedules,
});

function kindOf(config: ScheduleConfig): string {
  return (['cron', 'every', 'rrule', 'at'] as const).find((kind) => config[kind] !== undefined) ?? 'cron';
}

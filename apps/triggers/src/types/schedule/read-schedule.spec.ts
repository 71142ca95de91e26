import { describe, expect, it } from '@jest/globals';
import type { Fault } from '@rpa/contracts';
import { readSchedule } from './read-schedule.js';
import { scheduleTrigger } from './schedule.trigger.js';
import type { ScheduleConfig } from './schedule-config.js';

const ANCHOR = Date.UTC(2026, 0, 1);

function times(config: ScheduleConfig, from: string, count: number): string[] {
  const faults: Fault[] = [];
  const schedule = readSchedule(config, ANCHOR, faults);
  expect(faults).toEqual([]);
  const found: string[] = [];
  for (let at = schedule?.timetable.next(Date.parse(from) - 1) ?? null; at !== null && found.length < count;) {
    found.push(new Date(at).toISOString().replace('.000Z', 'Z'));
    at = schedule?.timetable.next(at) ?? null;
  }
  return found;
}

describe('daylight saving', () => {
  it.each<[string, string, string, string, string[]]>([
    [
      'a gap fires once',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
    ],
    [
      'a fold fires once, at the first',
      '30 2 * * *',
      'Europe/Berlin',
      '2026-10-24T12:00:00Z',
      ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z'],
    ],
    [
      'every hour follows real time',
      '0 * * * *',
      'Europe/Berlin',
      '2026-10-24T23:30:00Z',
      ['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'],
    ],
    [
      'a fold of half an hour',
      '0 * * * *',
      'Australia/Lord_Howe',
      '2026-04-04T13:30:00Z',
      ['2026-04-04T14:00:00Z', '2026-04-04T15:30:00Z', '2026-04-04T16:30:00Z'],
    ],
    [
      'a day that is missing',
      '0 0 * * *',
      'Pacific/Apia',
      '2011-12-29T00:00:00Z',
      ['2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z', '2011-12-31T10:00:00Z'],
    ],
    [
      'seconds',
      '*/20 30 2 * * *',
      'Europe/Berlin',
      '2026-03-29T00:00:00Z',
      ['2026-03-29T01:30:00Z', '2026-03-29T01:30:20Z', '2026-03-29T01:30:40Z', '2026-03-30T00:30:00Z'],
    ],
  ])('%s', (_what, cron, timezone, from, expected) => {
    expect(times({ cron, timezone }, from, expected.length)).toEqual(expected);
  });

  it('fires every second across a change of the clocks', () => {
    const seconds = times({ cron: '* * * * * *', timezone: 'Europe/Berlin' }, '2026-03-29T00:59:58Z', 4);
    expect(seconds).toEqual(
      ['58', '59'].map((s) => `2026-03-29T00:59:${s}Z`).concat('2026-03-29T01:00:00Z', '2026-03-29T01:00:01Z'),
    );
  });
});

describe('schedules', () => {
  it.each<[string, ScheduleConfig, string, string[]]>([
    ['the last day', { cron: '0 0 L * *' }, '2026-02-01T00:00:00Z', ['2026-02-28T00:00:00Z', '2026-03-31T00:00:00Z']],
    [
      'the workday nearest to the 15th',
      { cron: '0 0 15W * *' },
      '2026-02-01T00:00:00Z',
      ['2026-02-16T00:00:00Z', '2026-03-16T00:00:00Z', '2026-04-15T00:00:00Z'],
    ],
    [
      'the second Friday',
      { cron: '0 0 * * FRI#2' },
      '2026-01-01T00:00:00Z',
      ['2026-01-09T00:00:00Z', '2026-02-13T00:00:00Z'],
    ],
    [
      'the last Monday',
      { cron: '0 0 ? * 1L' },
      '2026-01-01T00:00:00Z',
      ['2026-01-26T00:00:00Z', '2026-02-23T00:00:00Z'],
    ],
    ['29 February', { cron: '0 0 29 2 *' }, '2026-01-01T00:00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
    [
      'day of month or of week',
      { cron: '0 0 13 * FRI' },
      '2026-03-12T00:00:00Z',
      ['2026-03-13T00:00:00Z', '2026-03-20T00:00:00Z'],
    ],
    [
      'intervals from their start',
      { every: '90m', startAt: '2026-01-01T00:10:00Z' },
      '2026-01-01T01:00:00Z',
      ['2026-01-01T01:40:00Z', '2026-01-01T03:10:00Z'],
    ],
    [
      'single times, those without offset on the clocks of the zone',
      { at: ['2026-07-01T09:00', '2026-07-01T06:00:00Z'], timezone: 'Europe/Berlin' },
      '2026-01-01T00:00:00Z',
      ['2026-07-01T06:00:00Z', '2026-07-01T07:00:00Z'],
    ],
    [
      'a recurrence rule',
      { rrule: 'DTSTART:20260101T093000\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3', timezone: 'America/New_York' },
      '2026-01-01T00:00:00Z',
      ['2026-01-30T14:30:00Z', '2026-02-27T14:30:00Z', '2026-03-27T13:30:00Z'],
    ],
    [
      'a rule in a gap',
      { rrule: 'DTSTART:20260301T023000\nFREQ=DAILY', timezone: 'Europe/Berlin' },
      '2026-03-28T12:00:00Z',
      ['2026-03-29T01:30:00Z', '2026-03-30T00:30:00Z'],
    ],
    [
      'a rule of old',
      { rrule: 'DTSTART:19900101T000000Z\nFREQ=HOURLY;INTERVAL=7' },
      '2026-01-01T00:00:00Z',
      ['2026-01-01T05:00:00Z', '2026-01-01T12:00:00Z'],
    ],
    [
      'days that are excluded',
      {
        cron: '0 9 * * *',
        exclude: { weekdays: ['SAT', 'SUN'], yearly: ['12-25'], between: [{ from: '2026-12-28', to: '2026-12-30' }] },
      },
      '2026-12-24T00:00:00Z',
      ['2026-12-24T09:00:00Z', '2026-12-31T09:00:00Z'],
    ],
    [
      'an excluded year of seconds',
      { every: '1s', exclude: { between: [{ from: '2026-01-01', to: '2026-12-31' }] } },
      '2026-01-01T00:00:00Z',
      ['2027-01-01T00:00:00Z'],
    ],
    [
      'start and end',
      { cron: '@hourly', startAt: '2026-01-01T10:00:00Z', endAt: '2026-01-01T12:00:00Z' },
      '2026-01-01T00:00:00Z',
      ['2026-01-01T10:00:00Z', '2026-01-01T11:00:00Z'],
    ],
  ])('%s', (_what, config, from, expected) => {
    expect(times(config, from, expected.length)).toEqual(expected);
  });

  it('spreads by jitter, always as much for the same time', () => {
    const schedule = readSchedule({ every: '1m', jitter: '30s' }, ANCHOR);
    const of = (id: string) => schedule?.jitterOf(id, ANCHOR) ?? -1;
    expect(of('a')).toBe(of('a'));
    const all = Array.from({ length: 200 }, (_, n) => of(`s${n}`));
    expect(Math.min(...all)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...all)).toBeLessThanOrEqual(30_000);
    expect(new Set(all.map((ms) => Math.floor(ms / 3_000))).size).toBeGreaterThan(8);
  });

  const bad = (config: object): string[] =>
    scheduleTrigger.check(config as never).map(({ path, message }) => `${path}: ${message}`);
  it.each<[object, RegExp]>([
    [{ cron: '0 0 30 2 *' }, /config.cron: It never fires: there is no day 30 in February/],
    [{ cron: '0 0 31 4,6,9,11 *' }, /no day 31 in April or June or September or November/],
    [{ cron: '60 * * * *' }, /minute '60' is out of range; it takes 0 to 59/],
    [{ cron: '*/0 * * * *' }, /minute '\*\/0' has a step/],
    [{ cron: '5-1 * * * *' }, /runs backwards; write 5-59,0-1/],
    [{ cron: '* * 0 * *' }, /day of month '0'/],
    [{ cron: '* * * * 8' }, /day of week '8' is out of range/],
    [{ cron: 'L * * * *' }, /minute 'L' is not understood/],
    [{ cron: '* W * * *' }, /hour 'W'/],
    [{ cron: '* * * FRI#2 *' }, /month/],
    [{ cron: '? * * * *' }, /minute '\?'/],
    [{ cron: '0 0 0W * *' }, /day of month '0W'/],
    [{ cron: '0 0 * * MON#6' }, /# takes 1 to 5/],
    [{ cron: Array(5_000).fill('1').join(',') + ' * * * *' }, /characters; 256 are allowed/],
    [{ cron: '0 0 1 1 * ; rm -rf x' }, /has 9 fields/],
    [{ cron: '' }, /config/],
    [{ cron: '* * * * *', timezone: '../../etc/passwd' }, /config.timezone: is no IANA time zone/],
    [{ cron: '* * * * *', timezone: 'Europe/Nowhere' }, /config.timezone/],
    [{ cron: '* * * * *', startAt: '2026-02-30T00:00:00Z' }, /config.startAt: is no time/],
    [{ cron: '* * * * *', startAt: '+275761-01-01T00:00:00Z' }, /config.startAt/],
    [{ every: 'P1000Y' }, /config.every: must be a duration/],
    [{ every: '500ms' }, /at least 1s/],
    [{ every: '9999d' }, /config.every/],
    [{ at: '2001-01-01T00:00:00Z' }, /never fires from now on/],
    [{ at: '2026-13-01T00:00:00Z' }, /config.at/],
    [{ rrule: 'FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30' }, /never fires/],
    [{ rrule: 'FREQ=SECONDLY' }, /FREQ goes down to HOURLY/],
    [{ rrule: 'FREQ=NEVER' }, /config.rrule/],
    [{ rrule: 'DTSTART;TZID=Europe/Berlin:20260101T000000\nFREQ=DAILY' }, /the zone belongs into timezone/],
    [{ cron: '* * * * *', every: '5m' }, /needs exactly one of/],
    [{}, /needs exactly one of/],
    [{ cron: '* * * * *', unknown: 1 }, /config.unknown/],
    [{ cron: '* * * * *', misfire: 'sometimes' }, /config.misfire/],
  ])('refuses %j and says why', (config, expected) => {
    expect(bad(config).join('\n')).toMatch(expected);
  });

  it('takes EST5EDT, a zone with clocks that are put', () => {
    expect(bad({ cron: '0 9 * * *', timezone: 'EST5EDT' })).toEqual([]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { FIRE_OUTCOMES } from '@rpa/contracts';
import { TRIGGER_TYPES } from './trigger-types.js';
import { scheduleTrigger } from './schedule/schedule.trigger.js';

const guide = readFileSync(new URL('../../../../docs/guides/triggers.md', import.meta.url), 'utf8');
const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
const row = (name: string): string => guide.split('\n').find((line) => line.startsWith(`| \`${name}\``)) ?? '';

describe('the guide to triggers', () => {
  it('shows schedules that are understood', () => {
    const crons = codes(row('cron')).slice(1);
    expect(crons.length).toBeGreaterThan(4);
    for (const text of crons) {
      const isDay = !text.includes(' ') && !text.startsWith('@');
      const cron = !isDay ? text : /#|[A-Z]{3}/.test(text) ? `0 0 * * ${text}` : `0 0 ${text} * *`;
      expect({ cron, faults: scheduleTrigger.check({ cron }) }).toEqual({ cron, faults: [] });
    }
    for (const every of codes(row('every')).slice(1, 4)) expect(scheduleTrigger.check({ every })).toEqual([]);
    const [, start, rule] = codes(row('rrule'));
    expect(scheduleTrigger.check({ rrule: `${start}\n${rule}` })).toEqual([]);
    const [, at] = codes(row('at'));
    expect(at).toMatch(/^\d{4}-/);
  });

  it('has an example that is accepted', () => {
    const [, text = ''] = /-d '(\{.*?\})'$/ms.exec(guide.split('```')[1] ?? '') ?? [];
    const body = JSON.parse(text.replace("'$WORKFLOW'", 'id')) as { type: string; config: never };
    const type = TRIGGER_TYPES.find(({ descriptor }) => descriptor.type === body.type);
    expect(type?.check(body.config)).toEqual([]);
  });

  it('names every outcome, and the fields of webhooks and events', () => {
    for (const word of FIRE_OUTCOMES) expect(guide).toContain(`\`${word}\``);
    for (const name of ['webhook', 'event_bus', 'schedule']) {
      const schema = TRIGGER_TYPES.find(({ descriptor }) => descriptor.type === name)?.descriptor.configSchema;
      const fields = Object.keys((schema as { properties: object }).properties).filter((field) => field !== 'secret');
      for (const field of fields)
        expect({ name, field, told: guide.includes(field) }).toEqual({ name, field, told: true });
    }
  });
});

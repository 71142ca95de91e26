import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  createSchedule,
  createTrigger,
  deleteSchedule,
  disableTrigger,
  enableTrigger,
  getSchedule,
  listFires,
  listSchedules,
  previewSchedule,
  readTriggersStatus,
  updateSchedule,
  type CommandDefinition,
  type TriggerFire,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { TriggersService, type Person } from './triggers-service.js';

let triggers: TriggersService;
let ada: Person;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  ada = await triggers.person();
});
afterAll(() => triggers.stop());

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  as: Person = ada,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: as.token });
}
const create = (times: object, more: object = {}) =>
  send(createSchedule, { workflowId: triggers.workflow(), name: 'Now and then', ...times, ...more });
const database = () => triggers.service.app.get(Database, { strict: false }).pool;
/** As if the service had been away since then: the next time is long past. */
const sinceHours = (id: string, hours: number) =>
  database().query(
    `UPDATE triggers.schedules SET scheduled_for = date_trunc('hour', now()) - $2::int * interval '1 hour',
            due_at = date_trunc('hour', now()) - $2::int * interval '1 hour' WHERE trigger_id = $1`,
    [id, hours],
  );
const fires = async (id: string): Promise<TriggerFire[]> => (await send(listFires, { id, limit: 200 })).data;
const startsOf = (id: string) => triggers.started.filter((start) => start.trigger?.id === id);

describe('schedules', () => {
  it('are made, read with their next times, changed and deleted', async () => {
    const made = await create({ cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin' });
    expect(made).toMatchObject({
      type: 'schedule',
      config: { cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin' },
      nextFires: expect.arrayContaining([expect.stringMatching(/T0[78]:00:00\.000Z$/)]),
    });
    expect(made.nextFires).toHaveLength(10);
    const { id } = made;
    const changed = await send(updateSchedule, { id, revision: 1, config: { every: '90m' } });
    expect(changed).toMatchObject({ config: { every: '90m' }, revision: 2 });
    expect(await send(getSchedule, { id })).toMatchObject({ nextFires: changed.nextFires });
    expect((await send(listSchedules, {})).data.map((row) => row.id)).toContain(id);
    await send(disableTrigger, { id });
    expect((await send(getSchedule, { id })).nextFires).toEqual([]);
    await send(deleteSchedule, { id });
    await expect(send(getSchedule, { id })).rejects.toMatchObject({ code: 'not_found' });
    const stranger = await triggers.person('other');
    await expect(send(getSchedule, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    const byHand = await send(createTrigger, { workflowId: triggers.workflow(), name: 'x', type: 'manual' });
    await expect(send(getSchedule, { id: byHand.id })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are previewed, and refused with what is wrong', async () => {
    const { nextFires } = await send(previewSchedule, { cron: '0 0 29 2 *', count: 2 });
    expect(nextFires.map((at) => at.slice(4, 10))).toEqual(['-02-29', '-02-29']);
    await expect(create({ cron: '0 0 30 2 *' })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'config.cron', message: expect.stringMatching(/no day 30 in February/) }],
    });
    await expect(send(previewSchedule, {})).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('fire at their times, each once, on whatever replica', async () => {
    const second = await triggers.startReplica();
    const { id, config } = await create({ every: '1s' });
    expect(config).toEqual({ every: '1s' });
    await eventually(() => expect(startsOf(id).length).toBeGreaterThanOrEqual(4), 15_000);
    await send(disableTrigger, { id });
    await triggers.stopReplica(second);
    const times = startsOf(id).map((start) =>
      String((start.trigger?.payload as { scheduledFor: string }).scheduledFor),
    );
    expect(new Set(times).size).toBe(times.length);
    const steps = times
      .map((time) => Date.parse(time))
      .sort((a, b) => a - b)
      .map((time, index, all) => time - (all[index - 1] ?? time - 1_000));
    expect(new Set(steps)).toEqual(new Set([1_000]));
    await eventually(async () => {
      const rows = await fires(id);
      expect(rows.map((row) => row.outcome)).toEqual(Array(times.length).fill('fired'));
      expect(rows[0]?.dedupeKey).toMatch(/^tick:/);
    });
    const status = (await send(readTriggersStatus, { type: 'schedule' })).data.find((row) => row.id === id);
    expect(status).toMatchObject({ enabled: false, nextFire: null });
  }, 40_000);

  it.each([
    ['once for all', {}, 1, 5],
    ['not at all', { misfire: 'skip' }, 0, 6],
    ['for the latest', { misfire: 'catch_up', catchUpLimit: 4 }, 4, 2],
  ] as const)('make up %s after an outage', async (_what, policy, fired, misfired) => {
    const { id } = await create({ cron: '0 * * * *', grace: '0s', ...policy });
    await sinceHours(id, 5);
    await eventually(async () => {
      const count = (await fires(id)).reduce<Record<string, number>>((sum, { outcome }) => {
        return { ...sum, [outcome]: (sum[outcome] ?? 0) + 1 };
      }, {});
      expect(count['misfired'] ?? 0).toBe(misfired);
      expect(count['fired'] ?? 0).toBe(fired);
    }, 10_000);
    await send(disableTrigger, { id });
    const payload = startsOf(id).at(-1)?.trigger?.payload;
    if (fired > 0) expect(payload).toMatchObject({ missed: misfired });
  });

  it('go on after they were off, without what passed meanwhile', async () => {
    const { id } = await create({ every: '1s' }, { enabled: false });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await fires(id)).toEqual([]);
    await send(enableTrigger, { id });
    await eventually(async () => expect((await fires(id)).length).toBeGreaterThan(0), 10_000);
    expect((await fires(id)).every((row) => row.outcome === 'fired')).toBe(true);
    await send(disableTrigger, { id });
  }, 20_000);

  it('end with their last time', async () => {
    const at = new Date(Date.now() + 1_500).toISOString();
    const { id } = await create({ at });
    await eventually(() => expect(startsOf(id)).toHaveLength(1), 10_000);
    expect(startsOf(id)[0]?.trigger?.payload).toMatchObject({ scheduledFor: at });
    expect((await send(getSchedule, { id })).nextFires).toEqual([]);
    // It cannot fire any more, and can still be renamed.
    const { revision } = await send(getSchedule, { id });
    expect(await send(updateSchedule, { id, revision, name: 'Done' })).toMatchObject({ name: 'Done' });
  }, 20_000);
});

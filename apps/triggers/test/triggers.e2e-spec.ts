import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppError,
  createTrigger,
  deleteTrigger,
  disableTrigger,
  enableTrigger,
  fireTrigger,
  getTrigger,
  listFires,
  listTriggers,
  listTriggerTypes,
  readTriggersStatus,
  restoreTrigger,
  updateTrigger,
  type CommandDefinition,
} from '@rpa/contracts';
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
  options: { as?: Person; idempotencyKey?: string } = {},
): Promise<Reply> {
  const { as = ada, ...rest } = options;
  return (await triggers.bus('gateway')).request(command, body, { principal: as.token, ...rest });
}
const create = (more: object = {}) =>
  send(createTrigger, { workflowId: triggers.workflow(), name: 'By hand', type: 'manual', ...more });

describe('manage', () => {
  it('creates, reads, changes, deletes and restores', async () => {
    const trigger = await create({ inputs: { id: '{{ trigger.payload.id }}' } });
    expect(trigger).toMatchObject({ type: 'manual', enabled: true, config: {}, revision: 1 });
    const { id } = trigger;
    expect(await send(getTrigger, { id })).toEqual(trigger);
    expect(await send(updateTrigger, { id, revision: 1, name: 'Renamed' })).toMatchObject({
      name: 'Renamed',
      revision: 2,
    });
    await expect(send(updateTrigger, { id, revision: 1, name: 'Late' })).rejects.toMatchObject({ code: 'stale' });
    expect(await send(disableTrigger, { id })).toMatchObject({ enabled: false, revision: 3 });
    expect(await send(disableTrigger, { id })).toMatchObject({ revision: 3 });
    expect(await send(enableTrigger, { id })).toMatchObject({ enabled: true });
    await send(deleteTrigger, { id });
    await expect(send(getTrigger, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect(await send(restoreTrigger, { id })).toMatchObject({ id, name: 'Renamed' });
  });

  it.each([
    ['an unknown type', { type: 'telepathy' }, 'type'],
    ['a field that the type does not have', { config: { a: 1 } }, 'config.a'],
    ['an event trigger without a channel', { type: 'event_bus', config: {} }, 'config'],
    ['a channel with spaces', { type: 'event_bus', config: { channel: 'a b' } }, 'config.channel'],
    ['> in the middle', { type: 'event_bus', config: { channel: 'a.>.b' } }, 'config.channel'],
    ['a broken filter', { type: 'event_bus', config: { channel: 'a', filter: '{{ 1 + }}' } }, 'config.filter'],
    ['a filter without braces', { type: 'event_bus', config: { channel: 'a', filter: 'true' } }, 'config.filter'],
    [
      'a filter that reads what is not there',
      { type: 'event_bus', config: { channel: 'a', filter: '{{ steps.x }}' } },
      'config.filter',
    ],
    ['a broken mapping', { inputs: { deep: [{ a: '{{ ) }}' }] } }, 'inputs.deep[0].a'],
    ['a mapping that is a list', { inputs: [] }, 'inputs'],
    ['a workflow that does not exist', { workflowId: '0198c1f0-0000-7000-8000-0000000000ff' }, 'workflowId'],
  ])('refuses %s and says where', async (_what, more, path) => {
    await expect(create(more)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });

  it('lists by workflow, type and state', async () => {
    const bob = await triggers.person('bobs');
    const workflowId = triggers.workflow();
    const base = { name: 'Listed', workflowId };
    const one = await send(createTrigger, { ...base, type: 'manual' }, { as: bob });
    await send(createTrigger, { ...base, type: 'event_bus', enabled: false, config: { channel: 'x.>' } }, { as: bob });
    const ids = async (filter: object) => (await send(listTriggers, filter, { as: bob })).data.map((row) => row.id);
    expect(await ids({ workflowId })).toHaveLength(2);
    expect(await ids({ workflowId, type: 'manual' })).toEqual([one.id]);
    expect(await ids({ enabled: true })).toEqual([one.id]);
    const page = await send(listTriggers, { limit: 1 }, { as: bob });
    expect(await ids({ limit: 1, cursor: page.nextCursor })).toEqual([one.id]);
  });

  it('describes its types with schema, hints and a sample', async () => {
    const { data } = await send(listTriggerTypes, {});
    expect(data.map((type) => type.type)).toEqual(expect.arrayContaining(['manual', 'event_bus', 'schedule']));
    expect(data[1]).toMatchObject({
      configSchema: { properties: { channel: { type: 'string' } }, required: ['channel'] },
      ui: { channel: {} },
      sample: { channel: 'orders.created' },
    });
  });

  it("does not know another organization's trigger, and asks for the permission", async () => {
    const { id } = await create();
    const stranger = { as: await triggers.person('other') };
    await expect(send(getTrigger, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(fireTrigger, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(listFires, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    await expect(send(deleteTrigger, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
    const viewer = { as: await triggers.person('acme', ['triggers:read'], ada.organizationId) };
    await expect(send(fireTrigger, { id }, viewer)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('fire by hand', () => {
  it('starts the workflow with the payload, and writes the ledger', async () => {
    const { id, workflowId } = await create();
    const fired = await send(fireTrigger, { id, payload: { orderId: 'A-1' } });
    expect(fired).toMatchObject({ outcome: 'fired' });
    expect(triggers.started.at(-1)).toMatchObject({
      organizationId: ada.organizationId,
      workflowId,
      inputs: { orderId: 'A-1' },
      trigger: { type: 'manual', id, payload: { orderId: 'A-1' } },
      dedupe: { source: `trigger:${id}`, key: fired.eventId },
    });
    const { data } = await send(listFires, { id });
    expect(data).toEqual([
      { id: expect.any(String), at: expect.any(String), outcome: 'fired', executionId: fired.executionId },
    ]);
    const status = await send(readTriggersStatus, {});
    expect(status.data.find((row) => row.id === id)).toMatchObject({ open: 0, lastFire: { outcome: 'fired' } });
    await eventually(async () =>
      expect((await send(readTriggersStatus, {})).sources).toEqual([
        { type: 'event_bus', ok: true, lag: expect.anything() },
        { type: 'schedule', ok: true, lag: null },
      ]),
    );
  });

  it('maps the payload to inputs', async () => {
    const { id } = await create({
      inputs: { id: '{{ trigger.payload.order.id }}', note: 'order {{ trigger.payload.order.id }}' },
    });
    await send(fireTrigger, { id, payload: { order: { id: 7 } } });
    expect(triggers.started.at(-1)?.inputs).toEqual({ id: 7, note: 'order 7' });
  });

  it('answers a repeat with the same Idempotency-Key with the first outcome', async () => {
    const { id } = await create();
    const first = await send(fireTrigger, { id, payload: { n: 1 } }, { idempotencyKey: 'k' });
    const before = triggers.started.length;
    expect(await send(fireTrigger, { id, payload: { n: 1 } }, { idempotencyKey: 'k' })).toEqual(first);
    expect(triggers.started).toHaveLength(before);
    await expect(send(fireTrigger, { id, payload: { n: 2 } }, { idempotencyKey: 'k' })).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it.each([
    ['failed', new AppError('workflow_not_published'), /workflow_not_published/],
    ['skipped', new AppError('start_skipped', 'It runs already.'), /^It runs already\.$/],
    [
      'rejected',
      new AppError('inputs_invalid', 'no', {
        errors: [{ path: 'inputs.id', code: 'required', message: 'is missing' }],
      }),
      /inputs\.id: is missing/,
    ],
  ] as const)('is %s with the reason when executions refuses', async (outcome, error, reason) => {
    const { id } = await create();
    triggers.refuseStarts = () => error;
    const fired = await send(fireTrigger, { id });
    triggers.refuseStarts = null;
    expect(fired).toMatchObject({ outcome, reason: expect.stringMatching(reason) });
    expect((await send(listFires, { id })).data).toEqual([expect.objectContaining({ outcome })]);
  });

  it('keeps what executions did not answer, and starts it once when it comes back', async () => {
    const { id } = await create();
    triggers.refuseStarts = () => new AppError('unavailable');
    const fired = await send(fireTrigger, { id, payload: { late: true } });
    expect(fired.outcome).toBe('pending');
    expect((await send(readTriggersStatus, {})).data.find((row) => row.id === id)).toMatchObject({
      open: 1,
      lastFire: null,
    });
    triggers.refuseStarts = null;
    await eventually(async () => {
      expect((await send(listFires, { id })).data).toEqual([expect.objectContaining({ outcome: 'fired' })]);
    });
    expect(triggers.started.filter((start) => start.trigger?.id === id)).toHaveLength(1);
  });
});

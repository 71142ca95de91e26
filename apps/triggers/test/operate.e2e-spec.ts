import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AppError,
  createTrigger,
  disableTriggers,
  enableTriggers,
  fireTrigger,
  getTrigger,
  listFires,
  listTriggers,
  receiveWebhook,
  replayFires,
  testTrigger,
  triggerBroken,
  triggerMended,
  workflowPublished,
  workflowUnpublished,
  eventWildcard,
  type CommandDefinition,
  type TriggerView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { ForgetOld } from '../src/inbox/forget-old.js';
import { TriggersService, type Person } from './triggers-service.js';

let triggers: TriggersService;
let ada: Person;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  ada = await triggers.person();
});
afterAll(() => triggers.stop());
beforeEach(() => {
  triggers.refuseStarts = null;
});

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  as: Person = ada,
  idempotencyKey?: string,
): Promise<Reply> {
  const options = { principal: as.token, ...(idempotencyKey && { idempotencyKey }) };
  return (await triggers.bus('gateway')).request(command, body, options);
}
const create = (more: object = {}, as: Person = ada) =>
  send(createTrigger, { workflowId: triggers.workflow(), name: 'Any', type: 'manual', ...more }, as);
const startsOf = ({ id }: TriggerView) => triggers.started.filter((start) => start.trigger?.id === id);
const fires = async ({ id }: TriggerView) => (await send(listFires, { id, limit: 200 })).data;
const problemOf = async ({ id }: TriggerView) => (await send(getTrigger, { id })).problem;

async function hook(trigger: TriggerView, body: string) {
  const key = /hooks\/([\w-]+)/.exec(trigger.url ?? '')?.[1] ?? '';
  const request = { key, path: '', method: 'POST', query: 'a=1', address: '::1', headers: {} };
  return (await triggers.bus('gateway')).request(receiveWebhook, {
    ...request,
    body: Buffer.from(body).toString('base64'),
  });
}

describe('replay', () => {
  it('hands over what a broken workflow refused, once it is mended', async () => {
    const trigger = await create({ type: 'webhook' });
    const { id } = trigger;
    triggers.refuseStarts = () => new AppError('workflow_not_published');
    for (const n of [1, 2, 3]) expect((await hook(trigger, `{"n":${n}}`)).status).toBe(409);
    triggers.refuseStarts = null;
    const [latest] = await fires(trigger);
    expect(await send(replayFires, { id, fireIds: [latest?.id ?? ''] })).toEqual({ replayed: 1, gone: 0, more: false });
    await eventually(() => expect(startsOf(trigger).map((start) => start.inputs)).toEqual([{ n: 3 }]));
    expect(await send(replayFires, { id }, ada, 'all')).toEqual({ replayed: 2, gone: 0, more: false });
    expect(await send(replayFires, { id }, ada, 'all')).toEqual({ replayed: 2, gone: 0, more: false });
    await eventually(() => expect(startsOf(trigger)).toHaveLength(3));
    expect(startsOf(trigger)[1]?.trigger).toMatchObject({ type: 'webhook', method: 'POST', query: { a: '1' } });
    await eventually(async () =>
      expect((await fires(trigger)).filter((fire) => fire.outcome === 'fired')).toHaveLength(3),
    );
    expect(await send(replayFires, { id })).toEqual({ replayed: 0, gone: 0, more: false });
  });

  it('starts anew what had started, when it is asked for by name', async () => {
    const trigger = await create();
    await send(fireTrigger, { id: trigger.id, payload: { n: 1 } });
    const [fire] = await fires(trigger);
    await send(replayFires, { id: trigger.id, fireIds: [fire?.id ?? ''] });
    await eventually(() => expect(startsOf(trigger).map((start) => start.inputs)).toEqual([{ n: 1 }, { n: 1 }]));
    const stranger = await triggers.person('other');
    await expect(send(replayFires, { id: trigger.id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('finds what failed for as long as the ledger is kept, and says what is gone', async () => {
    const trigger = await create();
    const { pool } = triggers.service.app.get(Database, { strict: false });
    await send(fireTrigger, { id: trigger.id, payload: { n: 1 } });
    triggers.refuseStarts = () => new AppError('inputs_invalid');
    await send(fireTrigger, { id: trigger.id, payload: { n: 2 } });
    triggers.refuseStarts = null;
    await pool.query(`UPDATE triggers.event_inbox SET created_at = now() - interval '80 hours'`);
    await triggers.service.app.get(ForgetOld, { strict: false }).execute();
    const fireIds = (await fires(trigger)).map((fire) => fire.id);
    expect(await send(replayFires, { id: trigger.id, fireIds })).toEqual({ replayed: 1, gone: 1, more: false });
    await eventually(() => expect(startsOf(trigger).map((start) => start.inputs)).toEqual([{ n: 1 }, { n: 2 }]));
  });
});

describe('trying out', () => {
  const event = { payload: { id: 'A-1', total: 7 } };
  const config = { channel: 'orders.created', filter: '{{ trigger.payload.total > 5 }}' };

  it('previews filter and mapping, and starts nothing', async () => {
    const inputs = { orderId: '{{ trigger.payload.id }}', note: 'total {{ trigger.payload.total }}' };
    const before = triggers.started.length;
    expect(await send(testTrigger, { type: 'event_bus', config, inputs, event })).toMatchObject({
      wouldFire: true,
      inputs: { orderId: 'A-1', note: 'total 7' },
      trigger: { type: 'event_bus', payload: event.payload },
    });
    expect(await send(testTrigger, { type: 'event_bus', config, event: { payload: { total: 1 } } })).toMatchObject({
      wouldFire: false,
      reason: expect.stringMatching(/filter/),
    });
    const trigger = await create({ type: 'event_bus', config, inputs: { all: '{{ trigger.payload }}' } });
    expect(await send(testTrigger, { id: trigger.id })).toMatchObject({
      wouldFire: true,
      inputs: { all: { id: 'A-1' } },
    });
    const broken = { deep: ['{{ trigger.payload.a.b.c }}'] };
    expect(await send(testTrigger, { id: trigger.id, inputs: broken })).toMatchObject({
      wouldFire: false,
      reason: expect.stringMatching(/deep/),
    });
    expect(triggers.started).toHaveLength(before);
    expect(await fires(trigger)).toEqual([]);
  });

  it.each([
    [{}, 'type'],
    [{ type: 'event_bus', config: { channel: 'a b' } }, 'config.channel'],
    [{ type: 'manual', inputs: { a: '{{ ) }}' } }, 'inputs.a'],
  ])('refuses %j', async (request, path) => {
    await expect(send(testTrigger, request as never)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [expect.objectContaining({ path })],
    });
  });
});

describe('many at once', () => {
  it('are paused and go on', async () => {
    const bob = await triggers.person('bobs');
    const made = [
      await create({}, bob),
      await create({}, bob),
      await create({ type: 'event_bus', config: { channel: 'x' } }, bob),
    ];
    const enabled = async () => (await send(listTriggers, { enabled: true }, bob)).data.length;
    expect(await send(disableTriggers, { type: 'manual' }, bob)).toEqual({ changed: 2, more: false });
    expect(await enabled()).toBe(1);
    expect(await send(disableTriggers, { all: true }, bob)).toEqual({ changed: 1, more: false });
    expect(await send(enableTriggers, { ids: made.map(({ id }) => id) }, bob)).toEqual({ changed: 3, more: false });
    expect(await enabled()).toBe(3);
    await expect(send(disableTriggers, {}, bob)).rejects.toMatchObject({ code: 'validation_failed' });
    expect((await send(getTrigger, { id: (await create()).id })).enabled).toBe(true);
  });
});

describe('a workflow that cannot be started', () => {
  it('makes its triggers say so and tell it, until it is published', async () => {
    const trigger = await create();
    const gateway = await triggers.bus('gateway');
    const told: string[] = [];
    for (const event of [triggerBroken, triggerMended])
      gateway.subscribe(eventWildcard(event), (body) => {
        if ((body as { triggerId: string }).triggerId === trigger.id) told.push(event.name);
      });
    await gateway.settled();
    const workflows = await triggers.bus('workflows');
    const hint = { workflowId: trigger.workflowId, workflowKey: 'any', version: null, at: new Date().toISOString() };
    workflows.emit(workflowUnpublished, ada.organizationId, hint);
    await eventually(async () => expect(await problemOf(trigger)).toMatchObject({ code: 'workflow_unpublished' }));
    // Another organization's word has no weight here.
    workflows.emit(workflowPublished, (await triggers.person('other')).organizationId, { ...hint, version: 1 });
    workflows.emit(workflowPublished, ada.organizationId, { ...hint, version: 1 });
    await eventually(async () => expect(await problemOf(trigger)).toBeNull());
    await eventually(() => expect(told).toEqual(['trigger.broken', 'trigger.mended']));
  });

  it('is seen when the trigger is made, and when it fires', async () => {
    triggers.unpublished = true;
    const trigger = await create();
    triggers.unpublished = false;
    expect(trigger.problem).toMatchObject({ code: 'workflow_unpublished' });
    await send(fireTrigger, { id: trigger.id });
    await eventually(async () => expect(await problemOf(trigger)).toBeNull());
    triggers.refuseStarts = () => new AppError('workflow_not_published');
    await send(fireTrigger, { id: trigger.id });
    expect(await problemOf(trigger)).toMatchObject({ code: 'workflow_unpublished' });
  });
});

describe('the ledger', () => {
  it('is asked by outcome and time', async () => {
    const trigger = await create();
    await send(fireTrigger, { id: trigger.id });
    const { id } = trigger;
    const count = async (more: object) => (await send(listFires, { id, ...more })).data.length;
    const [before, after] = [-60_000, 60_000].map((ms) => new Date(Date.now() + ms).toISOString());
    expect(await count({ outcome: 'fired', from: before, to: after })).toBe(1);
    expect(await count({ outcome: 'failed' })).toBe(0);
    expect(await count({ from: after })).toBe(0);
    expect(await count({ to: before })).toBe(0);
    await expect(count({ from: 'yesterday' })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

import { jetstream } from '@nats-io/jetstream';
import { headers as natsHeaders, type NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppError,
  createEventPublisher,
  createTrigger,
  disableTrigger,
  listEventPublishers,
  listFires,
  revokeEventPublisher,
  type CommandDefinition,
  type JsonValue,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { TriggersService, type Person } from './triggers-service.js';

let triggers: TriggersService;
let ada: Person;
let outside: NatsConnection;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  ada = await triggers.person('acme');
  outside = await triggers.outside(await send(createEventPublisher, { name: 'Shop' }));
});
afterAll(async () => {
  await outside.close();
  await triggers.stop();
});

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  as: Person = ada,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: as.token });
}
function listen(channel: string, more: object = {}, as: Person = ada) {
  const { filter, orderBy, ...rest } = more as { filter?: string; orderBy?: string };
  const config = { channel, ...(filter && { filter }), ...(orderBy && { orderBy }) };
  return send(
    createTrigger,
    { workflowId: triggers.workflow(), name: channel, type: 'event_bus', config, ...rest },
    as,
  );
}
async function publish(channel: string, body: JsonValue | string, headers: Record<string, string> = {}) {
  const hdrs = natsHeaders();
  for (const [name, value] of Object.entries(headers)) hdrs.set(name, value);
  const payload = typeof body === 'string' ? body : JSON.stringify(body);
  return jetstream(outside).publish(`events.acme.${channel}`, payload, { headers: hdrs });
}
const startsOf = (id: string) => triggers.started.filter((start) => start.trigger?.id === id);
const outcomes = async (id: string) => (await send(listFires, { id })).data.map((fire) => fire.outcome);
const settles = (id: string, wanted: string[]) =>
  eventually(async () => expect(await outcomes(id)).toEqual(wanted), 10_000);

describe('an outside publisher', () => {
  it('starts a workflow with plain JSON', async () => {
    const { id } = await listen('plain.created');
    expect(await publish('plain.created', { orderId: 'A-1' })).toMatchObject({ stream: 'EVENTS', duplicate: false });
    await settles(id, ['fired']);
    expect(startsOf(id)).toEqual([
      expect.objectContaining({
        organizationId: ada.organizationId,
        inputs: { orderId: 'A-1' },
        trigger: expect.objectContaining({
          type: 'event_bus',
          id,
          channel: 'plain.created',
          payload: { orderId: 'A-1' },
        }),
      }),
    ]);
  });

  it('starts a workflow with CloudEvents in every form, once per source and id', async () => {
    const { id } = await listen('cloud.*', {
      inputs: { n: '{{ trigger.payload.n }}', from: "{{ trigger.headers['ce-source'] }}" },
    });
    const event = (n: number) => ({ specversion: '1.0', id: `e${n}`, source: 'shop', type: 'order', data: { n } });
    const structured = { 'content-type': 'application/cloudevents+json' };
    const binary = { 'ce-specversion': '1.0', 'ce-id': 'e2', 'ce-source': 'shop', 'ce-type': 'order' };
    await publish('cloud.created', event(1), structured);
    await publish('cloud.created', { n: 2 }, binary);
    await publish('cloud.created', [event(3), event(4)], { 'content-type': 'application/cloudevents-batch+json' });
    await settles(id, Array(4).fill('fired'));
    expect(startsOf(id).map((start) => start.inputs)).toEqual(
      expect.arrayContaining([1, 2, 3, 4].map((n) => ({ n, from: 'shop' }))),
    );
    await publish('cloud.created', event(2));
    await publish('cloud.created', event(1));
    await settles(id, [...Array(2).fill('deduplicated'), ...Array(4).fill('fired')]);
    expect(startsOf(id)).toHaveLength(4);
    const { data } = await send(listFires, { id, outcome: 'deduplicated' });
    expect(data.map((fire) => fire.dedupeKey)).toContain('ce:["shop","e1"]');
  });

  it('dedupes by Nats-Msg-Id otherwise, within one organization only', async () => {
    const { id } = await listen('msg.id');
    const bob = await triggers.person('bobs');
    const { id: bobs } = await listen('msg.id', {}, bob);
    await publish('msg.id', { n: 1 }, { 'Nats-Msg-Id': 'one' });
    await settles(id, ['fired']);
    const bobsSystem = await triggers.outside(await send(createEventPublisher, {}, bob));
    // The server's own window, which knows no organizations, is 100 ms.
    const passed = () => new Promise((resolve) => setTimeout(resolve, 150));
    await passed();
    await jetstream(bobsSystem).publish('events.bobs.msg.id', '{"n":3}', { msgID: 'one' });
    await passed();
    await publish('msg.id', { n: 2 }, { 'Nats-Msg-Id': 'one' });
    await settles(id, ['deduplicated', 'fired']);
    await eventually(() => expect(startsOf(bobs).map((start) => start.inputs)).toEqual([{ n: 3 }]));
    await bobsSystem.close();
  });

  it('starts every trigger that listens, matched like NATS does', async () => {
    const wanted = ['deep.a.b', 'deep.*.b', 'deep.>', '>', '*.a.b'];
    const listeners = await Promise.all(wanted.map((channel) => listen(channel)));
    const others = await Promise.all(
      ['deep.*', 'deep.a', 'deep.a.b.c', 'deep.a.b.>'].map((channel) => listen(channel)),
    );
    await publish('deep.a.b', { hit: true });
    for (const { id } of listeners) await settles(id, ['fired']);
    for (const { id } of others) expect(await outcomes(id)).toEqual([]);
    await Promise.all(listeners.map(({ id }) => send(disableTrigger, { id })));
  });

  it('is filtered by expressions, and says why nothing started', async () => {
    const { id } = await listen('filtered', { filter: '{{ trigger.payload.total > 100 }}' });
    await publish('filtered', { total: 5 });
    await settles(id, ['skipped']);
    await publish('filtered', { total: 500 });
    await settles(id, ['fired', 'skipped']);
    await publish('filtered', 'not json {');
    await settles(id, ['rejected', 'fired', 'skipped']);
    const { data } = await send(listFires, { id });
    expect(data[0]?.reason).toMatch(/not valid JSON/);
    expect(data[2]?.reason).toMatch(/filter/);
    const broken = await listen('breaks', { filter: '{{ trigger.payload.a.b.c > 1 }}' });
    await publish('breaks', {});
    await settles(broken.id, ['failed']);
  });

  it('starts events with the same key one after the other, in the order of the stream, on two replicas', async () => {
    const second = await triggers.startReplica();
    const { id } = await listen('ordered', { orderBy: '{{ trigger.payload.key }}' });
    let refused = 0;
    // The first of each key is refused a few times: what comes after it has to wait.
    triggers.refuseStarts = () => (refused++ < 6 ? new AppError('unavailable') : new AppError('overloaded'));
    const events = Array.from({ length: 60 }, (_, n) => ({ key: `k${n % 3}`, n }));
    for (const event of events) await publish('ordered', event);
    await eventually(() => expect(refused).toBeGreaterThan(3), 10_000);
    triggers.refuseStarts = null;
    await eventually(() => expect(startsOf(id)).toHaveLength(60), 30_000);
    for (const key of ['k0', 'k1', 'k2']) {
      const numbers = startsOf(id).flatMap(({ inputs }) => {
        const event = inputs as { key: string; n: number };
        return event.key === key ? [event.n] : [];
      });
      expect(numbers).toEqual(events.filter((event) => event.key === key).map((event) => event.n));
    }
    await triggers.stopReplica(second);
  }, 60_000);

  it('gives a payload that is no object to the workflow as trigger.payload, without inputs', async () => {
    const { id } = await listen('scalar');
    await publish('scalar', '42');
    await settles(id, ['fired']);
    expect(startsOf(id)[0]).toMatchObject({ inputs: {}, trigger: { payload: 42 } });
  });

  it('survives keys and values that a database could choke on', async () => {
    const { id } = await listen('odd');
    const event = {
      specversion: '1.0',
      id: '\u0000 \ud800',
      source: 's'.repeat(5_000),
      type: 't',
      data: { text: 'a\u0000b' },
    };
    await publish('odd', event);
    await settles(id, ['fired']);
    expect(startsOf(id)[0]?.inputs).toEqual({ text: 'a\u0000b' });
  });

  it('reaches nothing but its own subtree and inbox', async () => {
    const faults: string[] = [];
    void (async () => {
      for await (const status of outside.status()) if (status.type === 'error') faults.push(String(status.error));
    })();
    const stream = jetstream(outside);
    for (const subject of [
      'events.other.orders',
      'events.acme',
      'rpc.workflows.v1.workflow.list',
      'evt.x.triggers.v1.a.b',
    ])
      await expect(outside.request(subject, '{}', { timeout: 300 })).rejects.toThrow();
    for (const subject of ['$JS.API.STREAM.INFO.EVENTS', '$JS.API.STREAM.DELETE.EVENTS', '$JS.API.INFO'])
      await expect(outside.request(subject, '', { timeout: 300 })).rejects.toThrow();
    await expect(stream.publish('task.direct.default.http_request', '{}', { timeout: 300 })).rejects.toThrow();
    for (const subject of ['>', 'events.acme.>', 'rpc.>', '_INBOX.>', '_INBOX_triggers.>', '$SYS.>']) {
      const seen: unknown[] = [];
      const subscription = outside.subscribe(subject, { callback: (error, msg) => void seen.push(error ?? msg) });
      await outside.flush();
      await eventually(() => expect(seen[0]).toBeInstanceOf(Error));
      subscription.unsubscribe();
    }
    await expect(publish('plain.created', { orderId: 'still' })).resolves.toMatchObject({ stream: 'EVENTS' });
  });

  it('is listed without its password, and refused once revoked', async () => {
    const publisher = await send(createEventPublisher, { name: 'Leaver' });
    expect(publisher.subjects).toEqual(['events.acme.>']);
    const { data } = await send(listEventPublishers, {});
    expect(data.find((row) => row.id === publisher.id)).not.toHaveProperty('password');
    await expect(triggers.outside({ ...publisher, password: 'wrong' })).rejects.toThrow(/authorization/i);
    await send(revokeEventPublisher, { id: publisher.id });
    await expect(triggers.outside(publisher)).rejects.toThrow(/authorization/i);
    const stranger = await triggers.person('stranger');
    await expect(send(revokeEventPublisher, { id: publisher.id }, stranger)).rejects.toMatchObject({
      code: 'not_found',
    });
    const { pool } = triggers.service.app.get(Database, { strict: false });
    const { rows } = await pool.query<{ password_hash: string }>('SELECT password_hash FROM triggers.event_publishers');
    for (const row of rows) expect(row.password_hash).toMatch(/^scrypt\$/);
  });
});

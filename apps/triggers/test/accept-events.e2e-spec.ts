import { jetstream } from '@nats-io/jetstream';
import { headers as natsHeaders, type NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  AppError,
  createEventPublisher,
  createTrigger,
  listFires,
  publishEvents,
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
  const { filter, ...rest } = more as { filter?: string };
  const config = { channel, ...(filter && { filter }) };
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

describe('POST /events', () => {
  it('accepts events over HTTP when they are durable, and recognises repeats', async () => {
    const { id } = await listen('over.http');
    const events: JsonValue[] = [{ specversion: '1.0', id: 'h1', source: 'web', type: 't', data: { n: 1 } }, { n: 2 }];
    expect(await send(publishEvents, { channel: 'over.http', events })).toEqual({
      accepted: 2,
      deduplicated: 0,
      matched: 2,
    });
    expect(await send(publishEvents, { channel: 'over.http', events: events.slice(0, 1) })).toEqual({
      accepted: 0,
      deduplicated: 1,
      matched: 0,
    });
    await eventually(
      async () => expect((await outcomes(id)).sort()).toEqual(['deduplicated', 'fired', 'fired']),
      10_000,
    );
    await expect(send(publishEvents, { channel: 'a b', events: [1] })).rejects.toMatchObject({
      errors: [{ path: 'channel' }],
    });
    await expect(
      send(publishEvents, { channel: 'x', events: [{}], headers: { 'ce-specversion': '1.0' } }),
    ).rejects.toMatchObject({ errors: [{ path: 'events[0]' }] });
  });
});

describe('whatever breaks', () => {
  it('starts each event once although executions is away for a while and the service restarts', async () => {
    const { id } = await listen('lasting');
    triggers.refuseStarts = () => new AppError('unavailable');
    const count = 150;
    await Promise.all(Array.from({ length: count }, (_, n) => publish('lasting', { n })));
    const { pool } = triggers.service.app.get(Database, { strict: false });
    await eventually(async () => {
      const { rows } = await pool.query<{ n: number }>(
        'SELECT count(*)::int AS n FROM triggers.event_intents WHERE trigger_id = $1',
        [id],
      );
      expect(rows[0]?.n).toBe(count);
    });
    await triggers.stopReplicas();
    await publish('lasting', { n: count });
    triggers.refuseStarts = null;
    await Promise.all([triggers.startReplica(), triggers.startReplica()]);
    await eventually(() => expect(startsOf(id)).toHaveLength(count + 1), 40_000);
    const numbers = startsOf(id).map((start) => (start.inputs as { n: number }).n);
    expect(new Set(numbers).size).toBe(count + 1);
  }, 60_000);
});

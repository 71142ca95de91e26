import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createEventPublisher, createTrigger, listFires, type CommandDefinition } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { ForgetOld } from '../src/inbox/forget-old.js';
import { TriggersService, type Person } from './triggers-service.js';

let triggers: TriggersService;
let ada: Person;
let outside: NatsConnection;
let id: string;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  ada = await triggers.person('acme');
  outside = await triggers.outside(await send(createEventPublisher, {}));
  const request = { workflowId: triggers.workflow(), name: 'Any', type: 'event_bus', config: { channel: 'any' } };
  id = (await send(createTrigger, request)).id;
});
afterAll(async () => {
  await outside.close();
  await triggers.stop();
});

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: ada.token });
}
const publish = (n: number) => jetstream(outside).publish('events.acme.any', JSON.stringify({ n }));
const numbers = () => triggers.started.map((start) => (start.inputs as { n: number }).n);
const database = () => triggers.service.app.get(Database, { strict: false });

describe('outages', () => {
  it('makes the stream again when NATS has lost everything, and takes the numbers that begin anew for new events', async () => {
    await publish(1);
    await eventually(() => expect(numbers()).toEqual([1]));
    await triggers.wipeStream();
    await eventually(async () => expect((await publish(2)).seq).toBe(1), 15_000);
    await eventually(() => expect(numbers()).toEqual([1, 2]), 10_000);
    expect((await triggers.service.readiness()).checks['trigger sources']).toEqual({ ok: true });
  }, 40_000);

  it('keeps events in the stream while PostgreSQL refuses them, and takes them in afterwards', async () => {
    const { pool } = database();
    await pool.query('ALTER TABLE triggers.event_inbox RENAME TO event_inbox_away');
    await publish(3);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(numbers()).toEqual([1, 2]);
    await pool.query('ALTER TABLE triggers.event_inbox_away RENAME TO event_inbox');
    await eventually(() => expect(numbers()).toEqual([1, 2, 3]), 15_000);
  }, 30_000);

  it('survives executions being gone from the wire', async () => {
    await triggers.stopExecutions();
    await publish(4);
    await new Promise((resolve) => setTimeout(resolve, 300));
    await triggers.startExecutions();
    await eventually(() => expect(numbers()).toEqual([1, 2, 3, 4]), 15_000);
  }, 30_000);

  it('repeats a start that executions failed to answer', async () => {
    const { pool } = database();
    triggers.refuseStarts = () => {
      throw new Error('never answered');
    };
    await publish(5);
    await eventually(async () => {
      const { rows } = await pool.query('SELECT FROM triggers.event_intents WHERE attempts > 0');
      expect(rows).toHaveLength(1);
    });
    await pool.query(`UPDATE triggers.event_intents SET next_at = now() + interval '1 second'`);
    triggers.refuseStarts = null;
    await eventually(() => expect(numbers()).toEqual([1, 2, 3, 4, 5]), 15_000);
    await eventually(async () => expect((await send(listFires, { id })).data).toHaveLength(5));
  }, 30_000);

  it('forgets events after 72 h and the ledger after its days, but nothing that is open', async () => {
    const { pool } = database();
    const count = async (table: string): Promise<number> =>
      (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM triggers.${table}`)).rows[0]?.n ?? -1;
    await triggers.service.app.get(ForgetOld, { strict: false }).execute();
    expect([await count('event_inbox'), await count('trigger_fires')]).toEqual([5, 5]);
    await pool.query(`UPDATE triggers.event_inbox SET created_at = now() - interval '73 hours'`);
    await pool.query(`UPDATE triggers.trigger_fires SET at = now() - interval '31 days' WHERE ctid = '(0,1)'`);
    await pool.query(
      `INSERT INTO triggers.event_intents (trigger_id, event_id, organization_id, next_at)
       SELECT $1, id, organization_id, now() + interval '1 hour' FROM triggers.event_inbox LIMIT 1`,
      [id],
    );
    await triggers.service.app.get(ForgetOld, { strict: false }).execute();
    expect([await count('event_inbox'), await count('trigger_fires')]).toEqual([1, 4]);
  });

  it('finds who listens and what is due by index, whatever the number of triggers', async () => {
    const { pool } = database();
    await pool.query(
      `INSERT INTO triggers.triggers (id, organization_id, organization_slug, workflow_id, name, type, enabled, config, channel)
       SELECT gen_random_uuid(), $1, 'slug' || n % 500, gen_random_uuid(), 'many', 'event_bus', true, '{}', 'channel.' || n
         FROM generate_series(1, 20000) n`,
      [ada.organizationId],
    );
    await pool.query('ANALYZE triggers.triggers');
    const explain = async (sql: string): Promise<string> =>
      (await pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${sql}`)).rows.map((row) => row['QUERY PLAN']).join('\n');
    const base = 'enabled AND deleted_at IS NULL';
    expect(
      await explain(
        `SELECT id FROM triggers.triggers WHERE organization_slug = ANY ('{acme}') AND channel = ANY ('{any}') AND channel IS NOT NULL AND ${base}`,
      ),
    ).toContain('triggers_channel');
    expect(
      await explain(
        `SELECT id FROM triggers.triggers WHERE organization_slug = ANY ('{acme}') AND channel ~ '[*>]' AND ${base}`,
      ),
    ).toContain('triggers_pattern');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import type { PoolClient } from 'pg';
import { MIGRATIONS } from '../migrations/migrations.js';
import { CountsRepository } from './counts.repository.js';
import { GatesRepository } from './gates.repository.js';
import type { Gate, Stage } from './held-start.js';
import { inTransaction, lockGate } from './in-transaction.js';
import { LetIn, type LetInParts } from './let-in.js';
import { UsageRepository } from './usage.repository.js';

const QUEUED = 20_000;
const ENDED = 20_000;
const LIMIT = 10;
const ORGANIZATION = randomUUID();
const LANE = 'lane 1';
let testDatabase: TestDatabase;
let database: Database;
let client: PoolClient;
/** Every statement that was sent, with its values. */
const sent: [string, unknown[]][] = [];

const insert = (from: number, to: number, status: string, columns: string, values: string): string =>
  `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
     status, test, trigger_type, inputs, priority, settled, total, ${columns})
   SELECT (lpad(to_hex(1700000000000 + n), 12, '0') || '70008000' || lpad(to_hex(n), 12, '0'))::uuid,
     '${ORGANIZATION}', '${ORGANIZATION}', '${ORGANIZATION}', 'w', 1, '${status}', false, 'manual', '{}', 5, 0, 1, ${values}
     FROM generate_series(${from}, ${to}) n`;

beforeAll(async () => {
  testDatabase = await createTestDatabase('executions gates');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 4,
    entities: [],
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger: createLogger({ service: 'executions', level: 'silent', format: 'json' }),
  });
  // Ended runs, runs that hold a slot, and starts that wait: most of them at one gate, the others at many.
  await database.pool.query(
    insert(1, ENDED, 'completed', 'lane, rate_lane, rated_at', `NULL, '${LANE}', now() - interval '1 day'`),
  );
  await database.pool.query(insert(ENDED + 1, ENDED + LIMIT - 3, 'running', 'lane', `'${LANE}'`));
  await database.pool.query(insert(30_001, 30_000 + QUEUED, 'pending', 'held_back', `'concurrency'`));
  await database.pool.query(
    `INSERT INTO executions.start_queue (execution_id, organization_id, stage, gate, rank, lane, lane_limit, lane_policy, place)
     SELECT id, organization_id, 'concurrency', g.lane, created_at + g.n * interval '1 ms', g.lane, ${LIMIT}, 'queue', ''
       FROM (SELECT e.*, CASE WHEN row_number() OVER (ORDER BY id) % 4 > 0 THEN '${LANE}'
                         ELSE 'lane ' || row_number() OVER (ORDER BY id) END AS lane, row_number() OVER (ORDER BY id) AS n
               FROM (SELECT id, organization_id, created_at FROM executions.executions WHERE status = 'pending') e) g`,
  );
  await database.pool.query('ANALYZE executions.executions; ANALYZE executions.start_queue');
  const own = await database.pool.connect();
  client = new Proxy(own, {
    get: (target, name) =>
      name === 'query'
        ? (text: string, values: unknown[]) => {
            sent.push([text, values]);
            return target.query(text, values);
          }
        : (Reflect.get(target, name) as unknown),
  });
}, 60_000);
afterAll(async () => {
  client?.release();
  await database?.close();
  await testDatabase?.drop();
});

const gate = (stage: Stage, key = LANE): Gate => ({ organizationId: ORGANIZATION, stage, key });
const plans = async (): Promise<string> => {
  const told: string[] = [];
  for (const [text, values] of sent.splice(0)) {
    const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
    told.push(...rows.map((row) => row['QUERY PLAN']));
  }
  return told.join('\n');
};

describe('gates with many thousand starts', () => {
  const gates = new GatesRepository();

  it('let exactly as many pass as there are free slots, the first in rank', async () => {
    const moved = await gates.passSlots(client, gate('concurrency'));
    expect(moved).toHaveLength(3);
    expect(moved.map(({ stage, gate: key }) => [stage, key])).toEqual(Array(3).fill(['capacity', '']));
    const { rows } = await database.pool.query(
      'SELECT id FROM executions.executions WHERE held_back = $1 ORDER BY id',
      ['capacity'],
    );
    expect(rows.map(({ id }) => id)).toEqual(moved.map(({ id }) => id).sort());
    expect(await gates.passSlots(client, gate('concurrency'))).toEqual([]);
    expect((await gates.letIn(client, gate('capacity', ''), 2)).length).toBe(2);
    expect((await gates.letIn(client, gate('capacity', ''), 9)).length).toBe(1);
  });

  it('are passed and counted by indexes, however much stands in the tables', async () => {
    sent.length = 0;
    const lane = { key: LANE, limit: LIMIT, policy: 'skip' as const };
    const rate = { key: LANE, limit: LIMIT, periodMs: 60_000, policy: 'skip' as const };
    await gates.passSlots(client, gate('concurrency'));
    await gates.passRate(client, gate('rate_limit'));
    await gates.passSettled(client, gate('debounce'));
    await gates.letIn(client, gate('capacity', ''), 5);
    await gates.running(client, ORGANIZATION, 100);
    expect(await gates.hasImpatient(client, gate('concurrency'))).toBe(false);
    await gates.cancelOldest(client, gate('concurrency'), 'no');
    await gates.turnAway(client, gate('rate_limit'), 'no');
    const counts = new CountsRepository();
    await counts.inLane(client, ORGANIZATION, lane);
    await counts.rateFullFor(client, ORGANIZATION, rate);
    const usage = new UsageRepository({ query: client.query.bind(client) } as never);
    await usage.due(100);
    await usage.gates(null, 100);
    await usage.startsThisMinute(ORGANIZATION, Date.now(), 100);
    expect(sent.length).toBeGreaterThanOrEqual(11);
    const told = await plans();
    expect(told).toMatch(/executions_slots/);
    expect(told).toMatch(/start_queue_policies/);
    expect(told).not.toMatch(/Seq Scan on (executions|inbox)\b/);
  });

  it('are counted by one replica at a time: what another has not committed yet would not be seen', async () => {
    const { pool } = database;
    const lane = gate('concurrency', 'lane 4');
    const letIn = new LetIn({ pool, gates } as unknown as LetInParts);
    let other: Promise<{ next: Gate[] }> | undefined;
    let isOver = false;
    const mine = await inTransaction(pool, async (own) => {
      await lockGate(own, lane);
      other = letIn.execute(lane).finally(() => (isOver = true));
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(isOver).toBe(false);
      return gates.passSlots(own, lane);
    });
    expect(mine).toHaveLength(1);
    expect(await other).toEqual({ next: [], more: false });
  });

  it('are found one after the other, each once', async () => {
    const usage = new UsageRepository(database.pool);
    const seen = new Set<string>();
    let after: Gate | null = null;
    for (;;) {
      const found: Gate[] = await usage.gates(after, 500);
      for (const { key } of found) seen.add(key);
      if (found.length < 500) break;
      after = found.at(-1) ?? null;
    }
    expect(seen.size).toBe(QUEUED / 4 + 1);
  });
});

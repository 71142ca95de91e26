import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getExecution, startExecution, type JsonObject } from '@rpa/contracts';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client } from './support/replica.js';
import { buildService, ReplicaProcess } from './support/replica-process.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const LIMIT = 3;
const RUNS = 40;
let database: TestDatabase;
let sql: pg.Pool;
let workflows: WorkflowsPeer;
let client: Client;
let replicas: ReplicaProcess[] = [];

beforeAll(async () => {
  await startNats();
  buildService();
  database = await createTestDatabase('executions flow kill');
  sql = new pg.Pool({ connectionString: database.url, max: 2 });
  workflows = await WorkflowsPeer.start([]);
  client = await Client.person();
  const { url: databaseUrl } = database;
  replicas = await Promise.all([1, 2].map(() => ReplicaProcess.start({ databaseUrl })));
}, 60_000);
afterAll(async () => {
  await Promise.all(replicas.map((replica) => replica.end('SIGKILL')));
  await Promise.all([client?.close(), workflows?.stop()]);
  await sql?.end();
  await database?.drop();
  await stopNats();
});

const publish = (key: string, settings: object): string =>
  workflows.publish(key, {
    format: 1,
    settings,
    steps: [{ id: 'pause', type: 'delay', config: { duration: '40ms' } }],
  } as unknown as JsonObject);

async function startMany(workflowId: string, count: number): Promise<string[]> {
  const ids = new Set<string>();
  const line = async (): Promise<void> => {
    while (ids.size < count) {
      const reply = await client.send(startExecution, { workflowId }, { timeoutMs: 3_000 }).catch(() => null);
      if (reply) ids.add(reply.id);
    }
  };
  await Promise.all(Array.from({ length: 8 }, line));
  return [...ids];
}

const countOf = async (workflowId: string, where: string): Promise<number> => {
  const { rows } = await sql.query<{ runs: number }>(
    `SELECT count(*)::int AS runs FROM executions.executions WHERE workflow_id = $1 AND ${where}`,
    [workflowId],
  );
  return rows[0]?.runs ?? 0;
};

/** From the journals: how many of these runs were between their first and last record at the same time. */
async function mostAtOnce(workflowId: string): Promise<number> {
  const { rows } = await sql.query<{ step: number }>(
    `SELECT CASE r.record ->> 'type' WHEN 'execution_started' THEN 1 ELSE -1 END AS step
       FROM executions.executions e
       JOIN executions.journal j ON j.execution_id = e.id, json_array_elements(j.body) AS r (record)
      WHERE e.workflow_id = $1 AND r.record ->> 'type' IN ('execution_started', 'execution_completed')
      ORDER BY (r.record ->> 'at')::bigint, step`,
    [workflowId],
  );
  let now = 0;
  return Math.max(...rows.map(({ step }) => (now += step)));
}

describe('flow control with a replica that is killed', () => {
  it('keeps the limit, loses no start that waits, and leaks no slot', async () => {
    const workflowId = publish('narrow', { concurrency: { limit: LIMIT } });
    const starting = startMany(workflowId, RUNS);
    await eventually(async () => expect(await countOf(workflowId, `status = 'completed'`)).toBeGreaterThan(5), 20_000);
    await replicas[0]?.end('SIGKILL');
    const ids = await starting;
    await eventually(async () => {
      const done = await sql.query(
        `SELECT FROM executions.executions WHERE id = ANY ($1::uuid[]) AND status = 'completed'`,
        [ids],
      );
      expect(done.rowCount).toBe(ids.length);
      expect(await countOf(workflowId, `status <> 'completed'`)).toBe(0);
    }, 30_000);
    expect(await mostAtOnce(workflowId)).toBeLessThanOrEqual(LIMIT);
    const { rows } = await sql.query('SELECT (SELECT count(*) FROM executions.start_queue)::int AS waiting');
    expect(rows).toEqual([{ waiting: 0 }]);
  }, 60_000);

  it('begins what was let in by a replica that died before it began it', async () => {
    const workflowId = publish('debounced', { debounce: { period: '1h' } });
    const { id } = await client.send(startExecution, { workflowId });
    // What the commit of the dead replica has left behind.
    await sql.query('DELETE FROM executions.start_queue WHERE execution_id = $1', [id]);
    await sql.query('UPDATE executions.executions SET held_back = NULL, started_at = now() WHERE id = $1', [id]);
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('completed'), 10_000);
  }, 20_000);

  it('has everything that waits after all replicas were killed', async () => {
    const workflowId = publish('later', { rateLimit: { limit: 1, period: '2s' } });
    const ids = await startMany(workflowId, 3);
    await Promise.all(replicas.map((replica) => replica.end('SIGKILL')));
    replicas = [await ReplicaProcess.start({ databaseUrl: database.url })];
    await eventually(async () => expect(await countOf(workflowId, `status = 'completed'`)).toBe(ids.length), 20_000);
  }, 40_000);
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startExecution, type JsonObject } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { eventually, startTestPostgres } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const STEPS = 5;
let postgres: Awaited<ReturnType<typeof startTestPostgres>>;
let nats: Awaited<ReturnType<typeof startNats>>;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let service: RunningService;
let client: Client;
let workflowId: string;

beforeAll(async () => {
  [postgres, nats] = await Promise.all([
    // What was acknowledged must survive kill -9 here, so nothing is left to luck.
    startTestPostgres({ disposable: false }),
    startNats(),
  ]);
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  workflowId = workflows.publish('five', chain(STEPS) as unknown as JsonObject);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work'],
    capacity: 100,
    async work(task) {
      await new Promise((resolve) => setTimeout(resolve, 30).unref());
      return { status: 'completed', output: task.config['n'] ?? null };
    },
  });
  service = await startReplica({
    databaseUrl: postgres.url,
    env: { DATABASE_DURABILITY: 'required' },
  });
  client = await Client.person();
}, 60_000);

afterAll(async () => {
  await Promise.all([client?.close(), service?.stop(), worker?.kill(), workflows?.stop()]);
  await Promise.all([postgres?.stop(), stopNats()]);
});

async function startRunsFor(durationMs: number): Promise<string[]> {
  const ids: string[] = [];
  const until = Date.now() + durationMs;
  const line = async (): Promise<void> => {
    while (Date.now() < until) {
      const reply = await client.send(startExecution, { workflowId }, { timeoutMs: 5_000 }).catch(() => null);
      if (reply) ids.push(reply.id);
      else await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  await Promise.all([line(), line(), line()]);
  return ids;
}

async function expectAllCompleted(ids: string[]): Promise<void> {
  const sql = new pg.Client({ connectionString: postgres.url });
  await sql.connect();
  try {
    await eventually(async () => {
      const { rows } = await sql.query(
        'SELECT status, count(*)::int AS count FROM executions.executions WHERE id = ANY ($1::uuid[]) GROUP BY status',
        [ids],
      );
      expect(rows).toEqual([{ status: 'completed', count: ids.length }]);
    }, 20_000);
    const doubled = await sql.query(
      `SELECT execution_id FROM executions.journal GROUP BY execution_id HAVING sum(last_seq - seq + 1) <> max(last_seq)`,
    );
    expect(doubled.rows).toEqual([]);
  } finally {
    await sql.end();
  }
}

describe('while runs are on their way', () => {
  it('PostgreSQL is killed and comes back: nothing acknowledged is lost, nothing is taken over', async () => {
    const starting = startRunsFor(4_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    process.kill(postgres.pid, 'SIGKILL');
    const ids = await starting;
    expect(ids.length).toBeGreaterThan(20);
    await expectAllCompleted(ids);
    const metrics = await (await fetch(`http://127.0.0.1:${service.probePort}/metrics`)).text();
    expect(metrics).toMatch(/rpa_lease_take_overs_total\{[^}]*\} 0/);
    expect(metrics).not.toMatch(/kind="fenced"/);
    expect((await service.readiness()).status).toBe('ready');
  }, 60_000);

  it('NATS is killed and comes back: every step is done, at most once more', async () => {
    const starting = startRunsFor(4_000);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    process.kill(nats.pid, 'SIGKILL');
    const ids = await starting;
    expect(ids.length).toBeGreaterThan(20);
    await expectAllCompleted(ids);
    const counts = new Map<string, number>();
    for (const task of worker.taken) counts.set(task.idempotencyKey, (counts.get(task.idempotencyKey) ?? 0) + 1);
    for (const id of ids)
      for (let step = 1; step <= STEPS; step++) expect([1, 2]).toContain(counts.get(`${id}:s${step}`));
  }, 60_000);
});

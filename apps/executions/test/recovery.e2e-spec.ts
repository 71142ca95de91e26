import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { getExecution, startExecution, type JsonObject } from '@rpa/contracts';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client } from './support/replica.js';
import { buildService, ReplicaProcess } from './support/replica-process.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const STEPS = 5;
let database: TestDatabase;
let sql: pg.Pool;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let client: Client;
let workflowId: string;
const replicas: ReplicaProcess[] = [];

beforeAll(async () => {
  await startNats();
  buildService();
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  workflowId = workflows.publish('five', chain(STEPS) as unknown as JsonObject);
  client = await Client.person();
}, 60_000);
beforeEach(async () => {
  database = await createTestDatabase('executions recovery');
  sql = new pg.Pool({ connectionString: database.url, max: 2 });
  sql.on('error', () => undefined);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work'],
    capacity: 100,
    async work(task) {
      await new Promise((resolve) => setTimeout(resolve, Number(task.config['pause'] ?? 40)).unref());
      return { status: 'completed', output: task.config['n'] ?? null };
    },
  });
});
afterEach(async () => {
  await Promise.all(replicas.splice(0).map((replica) => replica.end('SIGKILL')));
  await worker.kill();
  await sql.end();
  await database.drop();
});
afterAll(async () => {
  await Promise.all([client?.close(), workflows?.stop()]);
  await stopNats();
});

async function startReplicas(count: number): Promise<ReplicaProcess[]> {
  const started = await Promise.all(
    Array.from({ length: count }, () => ReplicaProcess.start({ databaseUrl: database.url })),
  );
  replicas.push(...started);
  return started;
}

/** Starts runs one after another in a few lines at once; returns those that were acknowledged. */
async function startRuns(count: number): Promise<string[]> {
  const ids: string[] = [];
  const line = async (): Promise<void> => {
    while (ids.length < count) {
      const reply = await client.send(startExecution, { workflowId }, { timeoutMs: 3_000 }).catch(() => null);
      if (reply) ids.push(reply.id);
    }
  };
  await Promise.all([line(), line(), line(), line()]);
  return ids;
}

async function expectAllCompleted(ids: string[], withinMs: number): Promise<void> {
  await eventually(async () => {
    const { rows } = await sql.query<{ status: string; count: string }>(
      'SELECT status, count(*) FROM executions.executions WHERE id = ANY ($1::uuid[]) GROUP BY status',
      [ids],
    );
    expect(rows).toEqual([{ status: 'completed', count: String(ids.length) }]);
  }, withinMs);
}

/** Deliveries by idempotency key. */
function deliveries(ids: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const task of worker.taken)
    if (ids.includes(task.executionId)) counts.set(task.idempotencyKey, (counts.get(task.idempotencyKey) ?? 0) + 1);
  return counts;
}

/** A lease that others have followed on must never write again to that run; and no record is missing or there twice. */
async function expectNoStaleCommits(): Promise<void> {
  const { rows } = await sql.query(
    `SELECT execution_id FROM (
       SELECT execution_id, seq, lease_id, lag(lease_id) OVER w AS before, lag(last_seq) OVER w AS last
         FROM executions.journal WINDOW w AS (PARTITION BY execution_id ORDER BY seq)) written
      GROUP BY execution_id
     HAVING count(*) FILTER (WHERE lease_id IS DISTINCT FROM before) <> count(DISTINCT lease_id)
         OR bool_or(seq <> coalesce(last, 0) + 1)`,
  );
  expect(rows).toEqual([]);
}

describe('a replica that dies', () => {
  it('loses no acknowledged run; only steps in flight may be sent again, with the same key', async () => {
    const [doomed] = await startReplicas(2);
    const starting = startRuns(60);
    await eventually(() => expect(worker.taken.length).toBeGreaterThan(60));
    await doomed?.end('SIGKILL');
    const ids = await starting;
    await expectAllCompleted(ids, 20_000);
    await expectNoStaleCommits();
    const counts = deliveries(ids);
    expect(counts.size).toBe(ids.length * STEPS);
    expect(Math.max(...counts.values())).toBeLessThanOrEqual(2);
  }, 60_000);

  it('is replaced by a restart of everything, also for runs that wait', async () => {
    const [first] = await startReplicas(1);
    const waiting = workflows.publish('waits', {
      format: 1,
      steps: [
        { id: 'nap', type: 'delay', config: { duration: '6s' }, next: ['after'] },
        { id: 'after', type: 'test__work', config: {} },
      ],
    });
    const { id } = await client.send(startExecution, { workflowId: waiting });
    const ids = await startRuns(10);
    await first?.end('SIGKILL');
    await startReplicas(1);
    await expectAllCompleted([...ids, id], 20_000);
    await expectNoStaleCommits();
  }, 60_000);

  it('leaves a long run that goes on from its snapshot', async () => {
    const [first] = await startReplicas(1);
    const long = workflows.publish('long_loop', {
      format: 1,
      output: '{{ steps.each.output.length }}',
      steps: [
        {
          id: 'each',
          type: 'foreach',
          config: { items: '{{ inputs.items }}' },
          steps: [{ id: 'one', type: 'transform', config: { value: '{{ item * 2 }}' } }],
          next: ['after'],
        },
        { id: 'after', type: 'test__work', config: { pause: 3_000 } },
      ],
    });
    const items = Array.from({ length: 2_000 }, (_, index) => index);
    const { id } = await client.send(startExecution, { workflowId: long, inputs: { items } });
    await eventually(() => expect(worker.taken).toHaveLength(1));
    const snapshots = await sql.query('SELECT seq FROM executions.snapshots WHERE execution_id = $1', [id]);
    expect(snapshots.rows).toHaveLength(1);
    await first?.end('SIGKILL');
    await startReplicas(1);
    await expectAllCompleted([id], 20_000);
    expect((await client.send(getExecution, { id })).output).toBe(items.length);
    expect(worker.taken).toHaveLength(1);
    await expectNoStaleCommits();
  }, 60_000);

  it('frozen past its lease writes nothing any more, and comes back with a new one', async () => {
    const [frozen] = await startReplicas(2);
    const ids = await startRuns(40);
    frozen?.freeze();
    await expectAllCompleted(ids, 20_000);
    frozen?.thaw();
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await expectNoStaleCommits();
    const { rows } = await sql.query('SELECT 1 FROM executions.leases WHERE expires_at > clock_timestamp()');
    expect(rows).toHaveLength(2);
    await expectAllCompleted(await startRuns(20), 20_000);
  }, 60_000);

  it('in peace hands its runs over: nothing is sent twice', async () => {
    const long = workflows.publish(
      'long',
      chain(STEPS, 'test__work', { config: { pause: 400 } }) as unknown as JsonObject,
    );
    const [leaving] = await startReplicas(1);
    const ids = await Promise.all(
      Array.from({ length: 20 }, async () => (await client.send(startExecution, { workflowId: long })).id),
    );
    await eventually(() => expect(worker.taken.length).toBe(20));
    await startReplicas(1);
    expect(await leaving?.end('SIGTERM')).toBe(0);
    await expectAllCompleted(ids, 20_000);
    const counts = deliveries(ids);
    expect([...counts.values()].every((count) => count === 1)).toBe(true);
    expect(counts.size).toBe(ids.length * STEPS);
    await expectNoStaleCommits();
  }, 60_000);
});

describe('a worker that dies', () => {
  it('has its step done by another one, within seconds', async () => {
    await startReplicas(1);
    const stuck = workflows.publish(
      'stuck',
      chain(1, 'test__work', { config: { pause: 60_000 } }) as unknown as JsonObject,
    );
    const { id } = await client.send(startExecution, { workflowId: stuck });
    await eventually(() => expect(worker.taken).toHaveLength(1));
    await worker.kill();
    const killedAt = Date.now();
    const other = await WorkerPeer.start({
      worker: 'w2',
      types: ['test__work'],
      work: () => Promise.resolve({ status: 'completed', output: 'rescued' }),
    });
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('completed'), 10_000);
    expect(Date.now() - killedAt).toBeLessThan(4_000);
    expect(other.taken.map((task) => [task.attempt, task.delivery])).toEqual([[1, 2]]);
    expect(other.taken[0]?.idempotencyKey).toBe(`${id}:s1`);
    await other.kill();
  }, 30_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cancelExecution,
  getExecution,
  readJournal,
  startExecution,
  type JsonObject,
  type TaskResult,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const RUNS = 20;
let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let replicas: RunningService[];
let client: Client;
/** What the worker does with a task; whoever calls it last decides. */
let grants: boolean[] = [];

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions two');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work', 'test__pay'],
    capacity: 200,
    async work(task) {
      if (task.config['hang']) await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      if (task.config['reportOnly']) {
        const { executionId, path, attempt, delivery, organizationId } = task;
        const outcome: TaskResult['outcome'] = { status: 'completed', output: 'reported' };
        const result = { executionId, path, attempt, delivery, organizationId, worker: 'w1', outcome, tookMs: 1 };
        await worker.reportNow(result);
        await worker.reportNow(result);
        // The reports may lie in the run's inbox; what its owner hears first is the first.
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return { status: 'completed', output: 'too late' };
      }
      if (task.type === 'test__pay') grants.push(await worker.requestStart(task));
      return { status: 'completed', output: 'paid' };
    },
  });
  replicas = await Promise.all([
    startReplica({ databaseUrl: database.url }),
    startReplica({ databaseUrl: database.url }),
  ]);
  client = await Client.person();
}, 60_000);
beforeEach(() => {
  grants = [];
});
afterAll(async () => {
  await Promise.all([client?.close(), ...(replicas ?? []).map((replica) => replica.stop())]);
  await Promise.all([worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const runMany = async (definition: object) => {
  const workflowId = workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition as JsonObject);
  const replies = await Promise.all(
    Array.from({ length: RUNS }, () => client.send(startExecution, { workflowId, waitMs: 20_000 })),
  );
  return replies.map((reply) => reply.execution);
};

describe('two replicas', () => {
  it('share the starts', async () => {
    await runMany(chain(2));
    for (const replica of replicas) {
      const metrics = await (await fetch(`http://127.0.0.1:${replica.probePort}/metrics`)).text();
      expect(Number(/rpa_commit_runs_sum\{[^}]*\} (\d+)/.exec(metrics)?.[1])).toBeGreaterThan(0);
    }
  });

  it('take results that are reported to either; the first one counts, later ones change nothing', async () => {
    const executions = await runMany(chain(2, 'test__work', { config: { reportOnly: true } }));
    expect(executions.map((execution) => execution?.output)).toEqual(Array(RUNS).fill({ s2: 'reported' }));
    for (const execution of executions) {
      const { data } = await client.send(readJournal, { id: String(execution?.id) });
      expect(data.filter((entry) => entry.type === 'step_completed')).toHaveLength(2);
    }
  });

  it('grant a step of class once by its owner, whoever is asked', async () => {
    const executions = await runMany(chain(1, 'test__pay'));
    expect(executions.map((execution) => execution?.status)).toEqual(Array(RUNS).fill('completed'));
    expect(grants).toEqual(Array(RUNS).fill(true));
    const [first] = worker.taken.filter((task) => task.type === 'test__pay');
    if (!first) throw new Error('No step of class once was taken.');
    expect(await worker.requestStart(first)).toBe(false);
  });

  it('cancel a run of either', async () => {
    const workflowId = workflows.publish(
      'hang',
      chain(1, 'test__work', { config: { hang: true } }) as unknown as JsonObject,
    );
    const ids = await Promise.all(
      Array.from({ length: RUNS }, async () => (await client.send(startExecution, { workflowId })).id),
    );
    await Promise.all(ids.map((id) => client.send(cancelExecution, { id })));
    for (const id of ids)
      await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('cancelled'));
    expect(worker.aborted.length).toBeGreaterThan(0);
  });

  it('answer a result of a run that never was, or is somebody else’s, without doing anything', async () => {
    const [execution] = await runMany(chain(1));
    const outcome: TaskResult['outcome'] = { status: 'completed', output: 'forged' };
    const ref = { path: 's1', attempt: 1, delivery: 1, worker: 'w1', outcome, tookMs: 1 };
    await worker.reportNow({ ...ref, executionId: randomUUID(), organizationId: client.organizationId });
    await worker.reportNow({ ...ref, executionId: String(execution?.id), organizationId: randomUUID() });
    expect((await client.send(getExecution, { id: String(execution?.id) })).output).toEqual({ s1: 'paid' });
    await expect(worker.reportNow({ ...ref, executionId: 'x', organizationId: 'y' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });
});

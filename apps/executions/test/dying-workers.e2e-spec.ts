import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startExecution, type JsonObject, type StepTask } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const INNOCENT = 30;
const never = () => new Promise<never>(() => undefined);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

let database: TestDatabase;
let workflows: WorkflowsPeer;
let replica: RunningService;
let client: Client;
const workers: WorkerPeer[] = [];
let deaths: StepTask[] = [];

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions dying');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  replica = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
}, 60_000);
afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.kill()));
});
afterAll(async () => {
  await Promise.all([client?.close(), replica?.stop(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

/** A worker that dies with a step that has `config.deadly`, and is replaced by the next one. */
async function startWorker(addressed = true): Promise<WorkerPeer> {
  const peer: WorkerPeer = await WorkerPeer.start({
    worker: `w-${randomUUID().slice(0, 8)}`,
    types: ['test__work'],
    addressed,
    async work(task) {
      if (task.config['deadly']) {
        deaths.push(task);
        await peer.kill();
        if (deaths.length < 20) await startWorker(addressed);
        return never();
      }
      await pause(Number(task.config['ms'] ?? 5));
      return { status: 'completed', output: 'done' };
    },
  });
  workers.push(peer);
  return peer;
}

const publish = (config: object, length = 1): string =>
  workflows.publish(`w_${randomUUID().slice(0, 8)}`, chain(length, 'test__work', { config }) as unknown as JsonObject);

async function run(workflowId: string) {
  const { execution } = await client.send(startExecution, { workflowId, waitMs: 50_000 }, { timeoutMs: 60_000 });
  return execution;
}

describe('a step that takes its workers down', () => {
  it.each([
    ['given up after three of them, and no step that was with it', true],
    ['given up also where workers share a queue group', false],
  ])(
    'is %s',
    async (_, addressed) => {
      deaths = [];
      await startWorker(addressed);
      const innocent = publish({ ms: 800 }, 3);
      const deadly = publish({ deadly: true });
      const others = addressed ? Array.from({ length: INNOCENT }, () => run(innocent)) : [];
      await pause(200);
      const guilty = await run(deadly);
      expect(guilty?.error).toMatchObject({ code: 'worker_died', stepPath: 's1' });
      expect(deaths).toHaveLength(3);
      expect((await Promise.all(others)).map((execution) => execution?.status)).toEqual(others.map(() => 'completed'));
    },
    70_000,
  );
});

describe('a worker that was stopped', () => {
  it('gets nothing more after a moment, and what it had runs elsewhere, once', async () => {
    const [stopped] = await Promise.all([startWorker(), startWorker()]);
    const workflowId = publish({ ms: 5 }, 5);
    await run(workflowId);
    stopped.freeze();
    const before = stopped.taken.length;
    const first = Array.from({ length: 20 }, () => run(workflowId));
    await pause(2_500);
    const inLimbo = stopped.taken.length;
    const later = Array.from({ length: 20 }, () => run(workflowId));
    for (const execution of await Promise.all([...first, ...later])) expect(execution?.status).toBe('completed');
    expect(inLimbo).toBeGreaterThan(before);
    expect(stopped.taken).toHaveLength(inLimbo);
    const deliveries = workers.flatMap((worker) => worker.taken.map((task) => task.delivery));
    expect(Math.max(...deliveries)).toBeLessThanOrEqual(2);
  }, 60_000);
});

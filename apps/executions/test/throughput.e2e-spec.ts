import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listExecutions, startExecution, type JsonObject } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { buildService, ReplicaProcess } from './support/replica-process.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const RUNS = 300;
const STEPS = 10;
const IN_FLIGHT = 100;
let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let client: Client;
let workflowId: string;

beforeAll(async () => {
  await startNats();
  buildService();
  database = await createTestDatabase('executions throughput');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  workflowId = workflows.publish('ten', chain(STEPS, 'test__noop') as unknown as JsonObject);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__noop'],
    capacity: 400,
    work: () => Promise.resolve({ status: 'completed', output: null }),
  });
  client = await Client.person();
}, 60_000);
afterAll(async () => {
  await Promise.all([client?.close(), worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

describe('throughput', () => {
  it('of remote steps, many runs at a time', async () => {
    const replica = await ReplicaProcess.start({ databaseUrl: database.url });
    try {
      let left = RUNS;
      const line = async (): Promise<number> => {
        let completed = 0;
        while (left-- > 0) {
          const reply = await client.send(startExecution, { workflowId, waitMs: 30_000 }, { timeoutMs: 40_000 });
          if (reply.execution?.status === 'completed') completed++;
        }
        return completed;
      };
      const started = performance.now();
      const completed = await Promise.all(Array.from({ length: IN_FLIGHT }, line));
      const seconds = (performance.now() - started) / 1000;
      const runs = completed.reduce((sum, count) => sum + count, 0);
      process.stdout.write(`${Math.round((runs * STEPS) / seconds)} steps/s, ${Math.round(runs / seconds)} runs/s\n`);
      expect(runs).toBe(RUNS);
    } finally {
      expect(await replica.end('SIGTERM')).toBe(0);
    }
  }, 60_000);

  it('is bounded: past the limits a start is refused at once, and what was accepted is done', async () => {
    const service: RunningService = await startReplica({
      databaseUrl: database.url,
      env: { EXECUTIONS_MAX_RUNS: '20', EXECUTIONS_MAX_STARTS: '10' },
    });
    try {
      // The server may learn of the subscriptions a moment after the service has made them.
      await eventually(() => client.send(listExecutions, { limit: 1 }));
      const results = await Promise.allSettled(
        Array.from({ length: 200 }, () =>
          client.send(startExecution, { workflowId, waitMs: 20_000 }, { timeoutMs: 30_000 }),
        ),
      );
      const refused = results.filter((result) => result.status === 'rejected');
      expect(refused.length).toBeGreaterThan(0);
      for (const { reason } of refused as PromiseRejectedResult[])
        expect({ ...reason, message: String(reason) }).toMatchObject({ code: 'overloaded', retryAfter: 1 });
      const accepted = results.filter((result) => result.status === 'fulfilled');
      expect(accepted.length).toBeGreaterThan(0);
      for (const result of accepted) expect(result.value.execution?.status).toBe('completed');
    } finally {
      await service.stop();
    }
  }, 60_000);
});

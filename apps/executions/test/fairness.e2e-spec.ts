import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listExecutions, startExecution, type JsonObject } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const FLOOD = 60;
const CAPACITY = 2;
const STEP_MS = 40;
let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let replica: RunningService;
const clients: Client[] = [];

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions fairness');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work', 'test__noop'],
    capacity: CAPACITY,
    addressed: true,
    async work() {
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      return { status: 'completed', output: null };
    },
  });
  replica = await startReplica({ databaseUrl: database.url });
}, 60_000);
afterAll(async () => {
  await Promise.all([...clients.map((client) => client.close()), replica?.stop()]);
  await Promise.all([worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const publish = (definition: object): string => workflows.publish(randomUUID(), definition as JsonObject);
const completed = async (client: Client): Promise<number> =>
  (await client.send(listExecutions, { status: 'completed', limit: 200 })).data.length;

describe.each(['test__work', 'test__noop'])(
  'an organization whose steps (%s) come after a flood of another',
  (type) => {
    it('gets its turns with the workers', async () => {
      const [flood, other] = await Promise.all([Client.person(), Client.person()]);
      clients.push(flood, other);
      const workflowId = publish(chain(1, 'test__work'));
      await Promise.all(Array.from({ length: FLOOD }, () => flood.send(startExecution, { workflowId })));
      const mine = publish(chain(3, type));
      const reply = await other.send(startExecution, { workflowId: mine, waitMs: 20_000 });
      expect(reply.execution?.status).toBe('completed');
      // Three steps in turn, each next to a few of the others; in the order of their coming it would be all of them.
      expect(await completed(flood)).toBeLessThan(FLOOD / 2);
      await eventually(async () => expect(await completed(flood)).toBe(FLOOD), 20_000);
    }, 60_000);
  },
);

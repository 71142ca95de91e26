import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import {
  decideStep,
  getExecution,
  pauseExecution,
  resumeExecution,
  signalExecution,
  startExecution,
  type ExecutionStatus,
  type JsonObject,
} from '@rpa/contracts';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { buildService, ReplicaProcess } from './support/replica-process.js';
import { Client } from './support/replica.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let client: Client;
let replica: ReplicaProcess;

beforeAll(async () => {
  buildService();
  await startNats();
  database = await createTestDatabase('executions wishes');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__pay'],
    async work(task) {
      await worker.requestStart(task);
      if (task.attempt === 1) await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      return { status: 'completed', output: task.attempt };
    },
  });
  client = await Client.person();
  replica = await ReplicaProcess.start({ databaseUrl: database.url });
}, 60_000);
afterAll(async () => {
  await replica?.end('SIGKILL');
  await Promise.all([client?.close(), worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const begin = async (...steps: object[]): Promise<string> => {
  const definition = { format: 1, steps } as JsonObject;
  return (
    await client.send(startExecution, { workflowId: workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition) })
  ).id;
};
const becomes = (id: string, status: ExecutionStatus) =>
  eventually(async () => expect((await client.send(getExecution, { id })).status).toBe(status), 10_000);

it('signals, pauses and decisions that were answered survive that everything is killed at once', async () => {
  const wait = { id: 'w', type: 'wait_for_signal', config: { name: 'paid' } };
  const [signalled, paused, resumed, decided] = await Promise.all([
    begin(wait),
    begin(wait),
    begin(wait),
    begin({ id: 'pay', type: 'test__pay', config: {}, timeout: '200ms' }),
  ]);
  await client.send(pauseExecution, { id: resumed });
  await Promise.all([becomes(signalled, 'waiting'), becomes(resumed, 'paused'), becomes(decided, 'needs_decision')]);
  await Promise.all([
    client.send(signalExecution, { id: signalled, name: 'paid', payload: 1 }),
    client.send(pauseExecution, { id: paused }),
    client.send(resumeExecution, { id: resumed }),
    client.send(signalExecution, { id: resumed, name: 'paid', payload: 2 }),
    client.send(decideStep, { id: decided, path: 'pay', decision: 'retry' }),
  ]);
  await replica.end('SIGKILL');
  replica = await ReplicaProcess.start({ databaseUrl: database.url });
  await Promise.all([
    becomes(signalled, 'completed'),
    becomes(paused, 'paused'),
    becomes(resumed, 'completed'),
    becomes(decided, 'completed'),
  ]);
  expect((await client.send(getExecution, { id: resumed })).output).toEqual({ w: 2 });
  expect((await client.send(getExecution, { id: decided })).output).toEqual({ pay: 2 });
}, 60_000);

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  decideStep,
  getExecution,
  pauseExecution,
  readJournal,
  resumeExecution,
  signalExecution,
  startExecution,
  type ExecutionStatus,
  type JsonObject,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { chain, STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let replicas: RunningService[];
let client: Client;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions steering');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work', 'test__pay'],
    async work(task) {
      if (task.type === 'test__pay') await worker.requestStart(task);
      if (task.config['hangOn'] === task.attempt) await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      if (task.config['pause']) await new Promise((resolve) => setTimeout(resolve, Number(task.config['pause'])));
      return { status: 'completed', output: { attempt: task.attempt } };
    },
  });
  // Two: whoever is asked is often not the owner.
  replicas = await Promise.all([
    startReplica({ databaseUrl: database.url }),
    startReplica({ databaseUrl: database.url }),
  ]);
  client = await Client.person();
}, 60_000);

afterAll(async () => {
  await Promise.all([client?.close(), ...(replicas ?? []).map((replica) => replica.stop())]);
  await Promise.all([worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const begin = async (definition: object): Promise<string> => {
  const workflowId = workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition as JsonObject);
  return (await client.send(startExecution, { workflowId })).id;
};
const view = (id: string) => client.send(getExecution, { id });
const becomes = (id: string, status: ExecutionStatus) =>
  eventually(async () => expect((await view(id)).status).toBe(status), 10_000);
const recordsOf = async (id: string): Promise<string[]> =>
  (await client.send(readJournal, { id })).data.map((entry) => entry.type);

const waiter = (id: string, next?: string) => ({
  id,
  type: 'wait_for_signal',
  config: { name: 'paid' },
  ...(next && { next: [next] }),
});
const undecided = async (): Promise<string> => {
  const step = { id: 'pay', type: 'test__pay', config: { hangOn: 1 }, timeout: '200ms', next: ['after'] };
  const after = { id: 'after', type: 'transform', config: { value: '{{ steps.pay.output }}' } };
  const id = await begin({ format: 1, steps: [step, after] });
  await becomes(id, 'needs_decision');
  return id;
};

describe('a signal', () => {
  it('wakes the step that waits for it, with its payload', async () => {
    const id = await begin({ format: 1, steps: [waiter('w')] });
    await becomes(id, 'waiting');
    const reply = await client.send(signalExecution, { id, name: 'paid', payload: { amount: 7 } });
    expect(reply).toEqual({ id, status: 'waiting' });
    await becomes(id, 'completed');
    expect((await view(id)).output).toEqual({ w: { amount: 7 } });
  });

  it('that comes early is kept, and a repeat of its key is the same signal', async () => {
    const nap = { id: 'nap', type: 'test__work', config: { pause: 600 }, next: ['first'] };
    const id = await begin({ format: 1, steps: [nap, waiter('first', 'second'), waiter('second')] });
    for (const idempotencyKey of ['a', 'a', 'b'])
      await client.send(signalExecution, { id, name: 'paid', payload: idempotencyKey }, { idempotencyKey });
    await becomes(id, 'completed');
    expect((await view(id)).steps.map((step) => step.output)).toEqual([{ attempt: 1 }, 'a', 'b']);
  });

  it('is refused for other organizations and after the end', async () => {
    const id = await begin({ format: 1, steps: [waiter('w')] });
    const other = await Client.person();
    await expect(other.send(pauseExecution, { id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(other.send(signalExecution, { id, name: 'paid' })).rejects.toMatchObject({ code: 'not_found' });
    await expect(other.send(decideStep, { id, path: 'w', decision: 'skip' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await other.close();
    await client.send(signalExecution, { id, name: 'paid' });
    await becomes(id, 'completed');
    await expect(client.send(signalExecution, { id, name: 'paid' })).rejects.toMatchObject({ code: 'conflict' });
    await expect(client.send(pauseExecution, { id })).rejects.toMatchObject({ code: 'conflict' });
    await expect(client.send(decideStep, { id, path: 'w', decision: 'skip' })).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('and a wish to pause are the same under the same key for long after they were taken in, and no other', async () => {
    const id = await begin({ format: 1, steps: [waiter('first', 'second'), waiter('second')] });
    const key = (name: string) => ({ idempotencyKey: `${name} ${id}` });
    for (const command of [pauseExecution, resumeExecution]) {
      await client.send(command, { id }, key(command.subject));
      await eventually(async () =>
        expect(await recordsOf(id)).toContain(`execution_${command === pauseExecution ? 'paused' : 'resumed'}`),
      );
    }
    await client.send(pauseExecution, { id }, key(pauseExecution.subject));
    await client.send(signalExecution, { id, name: 'paid', payload: 1 }, key('s'));
    await eventually(async () => expect(await recordsOf(id)).toContain('step_completed'), 10_000);
    await expect(client.send(signalExecution, { id, name: 'paid', payload: 2 }, key('s'))).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
    await client.send(signalExecution, { id, name: 'paid', payload: 2 }, key('t'));
    await becomes(id, 'completed');
    expect((await client.send(signalExecution, { id, name: 'paid', payload: 2 }, key('t'))).status).toBe('completed');
    expect((await recordsOf(id)).filter((type) => type === 'execution_paused')).toHaveLength(1);
  });

  it('needs the permission', async () => {
    const id = await begin({ format: 1, steps: [waiter('w')] });
    const reader = await Client.person(client.organizationId, ['executions:read']);
    await expect(reader.send(signalExecution, { id, name: 'paid' })).rejects.toMatchObject({ code: 'forbidden' });
    await reader.close();
  });
});

describe('pause and resume', () => {
  it('lets running steps finish, begins none, and goes on as the last wish says', async () => {
    const id = await begin(chain(3, 'test__work', { config: { pause: 300 } }));
    await eventually(() => expect(worker.taken.some((task) => task.executionId === id)).toBe(true));
    await client.send(pauseExecution, { id });
    await becomes(id, 'paused');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await view(id)).steps.map((step) => step.status)).toEqual(['completed', 'pending', 'pending']);
    for (const command of [resumeExecution, pauseExecution, resumeExecution]) await client.send(command, { id });
    await becomes(id, 'completed');
    const kinds = (await recordsOf(id)).filter((type) => /paused|resumed/.test(type));
    expect(kinds).toEqual(
      Array.from({ length: kinds.length / 2 }, () => ['execution_paused', 'execution_resumed']).flat(),
    );
  });

  it('holds a run that nobody has in memory', async () => {
    const id = await begin({
      format: 1,
      steps: [waiter('w', 'after'), { id: 'after', type: 'test__work', config: {} }],
    });
    await becomes(id, 'waiting');
    await client.send(pauseExecution, { id });
    await becomes(id, 'paused');
    await client.send(signalExecution, { id, name: 'paid' });
    await eventually(async () => expect(await recordsOf(id)).toContain('signal_received'));
    expect((await view(id)).steps[1]?.status).toBe('pending');
    await client.send(resumeExecution, { id });
    await becomes(id, 'completed');
  });
});

describe('a decision', () => {
  it.each([
    ['complete', { output: { receipt: 'R-1' } }, { receipt: 'R-1' }, 1],
    ['skip', {}, null, 1],
    ['retry', {}, { attempt: 2 }, 2],
  ] as const)('to %s lets the run go on', async (decision, more, output, attempt) => {
    const id = await undecided();
    expect((await client.send(decideStep, { id, path: 'pay', decision, ...more })).status).toBe('needs_decision');
    await eventually(async () => expect(['completed', 'failed']).toContain((await view(id)).status), 10_000);
    const [pay] = (await view(id)).steps;
    expect(pay).toMatchObject({ status: decision === 'skip' ? 'skipped' : 'completed', output, attempt });
    await expect(client.send(decideStep, { id, path: 'pay', decision })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is taken once, and only about a step that waits for one', async () => {
    const id = await undecided();
    await expect(client.send(decideStep, { id, path: 'after', decision: 'skip' })).rejects.toMatchObject({
      code: 'conflict',
    });
    await expect(client.send(decideStep, { id, path: 'pay', decision: 'skip', output: 1 })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    const told = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) =>
        client.send(decideStep, { id, path: 'pay', decision: 'complete', output: n }),
      ),
    );
    const taken = told.flatMap((each, n) => (each.status === 'fulfilled' ? [n] : []));
    expect(taken.length).toBeGreaterThan(0);
    await becomes(id, 'completed');
    expect((await recordsOf(id)).filter((type) => type === 'decision_made')).toHaveLength(1);
  });
});

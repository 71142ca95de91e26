import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getExecution, startExecution, type JsonObject } from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { STEP_TYPES } from './support/step-types.js';
import { WorkerPeer } from './support/worker-peer.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let workflows: WorkflowsPeer;
let worker: WorkerPeer;
let replicas: RunningService[];
let client: Client;
/** Lets steps with `held` go. */
let release: () => void = () => undefined;
const released = new Promise<void>((resolve) => (release = resolve));

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions respond');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work'],
    async work(task) {
      if (task.config['held']) await released;
      return { status: 'completed', output: 'done' };
    },
  });
  const options = { databaseUrl: database.url };
  replicas = await Promise.all([startReplica(options), startReplica(options)]);
  client = await Client.triggers(randomUUID());
}, 60_000);
afterAll(async () => {
  release();
  await Promise.all([client?.close(), ...(replicas ?? []).map((replica) => replica.stop())]);
  await Promise.all([worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const publish = (steps: object[]): string =>
  workflows.publish(`w_${randomUUID().slice(0, 8)}`, { format: 1, steps } as unknown as JsonObject);
const respond = (id: string, body: unknown, next: string[] = []) => ({
  id,
  type: 'respond',
  config: { status: 201, headers: { 'x-from': id }, body },
  next,
});
const work = (id: string, held: boolean, next: string[] = []) => ({ id, type: 'test__work', config: { held }, next });
const waiting = { hasWaiter: true, waitMs: 20_000 };

describe('the answer of a respond step', () => {
  it('reaches the one who waits while the run goes on; the first one counts, and every repeat gets it', async () => {
    const workflowId = publish([
      work('before', false, ['first']),
      respond('first', { order: 'A-1' }, ['second']),
      respond('second', null, ['after']),
      work('after', true),
    ]);
    const dedupe = { source: 'hook', key: randomUUID() };
    const response = { status: 201, headers: { 'x-from': 'first' }, body: { order: 'A-1' } };
    const first = await client.send(startExecution, { workflowId, dedupe, ...waiting });
    expect(first).toMatchObject({ status: 'running', response });
    const again = () => client.send(startExecution, { workflowId, dedupe, ...waiting });
    for (const repeat of await Promise.all(Array.from({ length: 10 }, again)))
      expect(repeat).toMatchObject({ id: first.id, deduplicated: true, response });
    release();
    await eventually(async () => expect((await client.send(getExecution, { id: first.id })).status).toBe('completed'));
    for (const repeat of await Promise.all(Array.from({ length: 4 }, again)))
      expect(repeat).toMatchObject({ id: first.id, deduplicated: true, response });
    const { steps } = await client.send(getExecution, { id: first.id });
    expect(steps.map(({ id, output }) => [id, output]).slice(1, 3)).toEqual([
      ['first', { delivered: true }],
      ['second', { delivered: false }],
    ]);
  });

  it('comes with the first commit, before anybody could begin to wait', async () => {
    const workflowId = publish([respond('only', 'at once')]);
    const reply = await client.send(startExecution, { workflowId, ...waiting });
    expect(reply.response).toEqual({ status: 201, headers: { 'x-from': 'only' }, body: 'at once' });
  });

  it('does not come from a run that ends without one: its end is told', async () => {
    const workflowId = publish([work('only', false)]);
    const reply = await client.send(startExecution, { workflowId, ...waiting });
    expect([reply.status, reply.response, reply.execution?.output]).toEqual(['completed', undefined, { only: 'done' }]);
  });

  it('that is too late is not delivered, to nobody', async () => {
    const late = { id: 'pause', type: 'delay', config: { duration: '600ms' }, next: ['late'] };
    const workflowId = publish([late, respond('late', 'late')]);
    const dedupe = { source: 'hook', key: randomUUID() };
    const reply = await client.send(startExecution, { workflowId, dedupe, hasWaiter: true, waitMs: 50 });
    expect([reply.status, reply.response, reply.execution]).toEqual(['running', undefined, undefined]);
    await eventually(async () =>
      expect((await client.send(getExecution, { id: reply.id })).output).toEqual({ late: { delivered: false } }),
    );
    const repeat = await client.send(startExecution, { workflowId, dedupe, ...waiting });
    expect([repeat.id, repeat.status, repeat.response]).toEqual([reply.id, 'completed', undefined]);
  });

  it('is not delivered where nobody waits for it', async () => {
    const workflowId = publish([respond('only', 'x')]);
    const reply = await client.send(startExecution, { workflowId, waitMs: 20_000 });
    expect([reply.response, reply.execution?.output]).toEqual([undefined, { only: { delivered: false } }]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cancelExecution,
  executionEnded,
  getExecution,
  listExecutions,
  listSteps,
  readJournal,
  startExecution,
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
let service: RunningService;
let client: Client;
const traces: (string | null)[] = [];

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions run');
  workflows = await WorkflowsPeer.start(STEP_TYPES);
  worker = await WorkerPeer.start({
    worker: 'w1',
    types: ['test__work', 'test__pay', 'test__noop'],
    async work(task, { traceparent }) {
      traces.push(traceparent);
      if (task.config['hang']) await new Promise((resolve) => setTimeout(resolve, 60_000).unref());
      if (task.config['pause']) await new Promise((resolve) => setTimeout(resolve, Number(task.config['pause'])));
      if (task.config['large']) return { status: 'completed', output: 'x'.repeat(33_000) };
      if (task.type === 'test__pay' && !(await worker.requestStart(task)))
        return { status: 'failed', error: { code: 'not_granted', message: 'not granted', retryable: false } };
      return { status: 'completed', output: { did: task.config['n'] ?? null } };
    },
  });
  service = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
});

afterAll(async () => {
  await Promise.all([client?.close(), service?.stop(), worker?.kill(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

const run = async (definition: JsonObject, inputs: JsonObject = {}) => {
  const workflowId = workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition);
  const reply = await client.send(startExecution, { workflowId, inputs, waitMs: 20_000 });
  return reply.execution ?? (await client.send(getExecution, { id: reply.id }));
};

describe('a run', () => {
  it('is told to those who wait for its end exactly as its rows tell it', async () => {
    const failing = { id: 'b', type: 'fail', config: { message: 'no stock' } };
    const steps = [
      { id: 'a', type: 'test__work', config: { n: 1 }, next: ['b'] },
      failing,
      { id: 'c', type: 'test__noop', config: {} },
    ];
    const inline = { id: 'a', type: 'transform', config: { value: '{{ inputs }}' } };
    for (const definition of [chain(3), { format: 1, steps }, { format: 1, steps: [inline] }]) {
      const told = await run(definition as JsonObject, { text: 'ä\n', list: [1, null] });
      expect(told.completedAt).not.toBeNull();
      expect(told).toEqual(await client.send(getExecution, { id: told.id }));
    }
  });

  it('of inline steps alone is completed with its first commit', async () => {
    const execution = await run(
      {
        format: 1,
        output: '{{ steps.b.output }}',
        steps: [
          { id: 'a', type: 'transform', config: { value: '{{ inputs.n + 1 }}' }, next: ['b'] },
          { id: 'b', type: 'transform', config: { value: '{{ steps.a.output * 2 }}' } },
        ],
      },
      { n: 20 },
    );
    expect(execution).toMatchObject({
      status: 'completed',
      output: 42,
      error: null,
      progress: { settled: 2, total: 2 },
    });
    expect(execution.steps.map((step) => [step.path, step.type, step.status, step.output])).toEqual([
      ['a', 'transform', 'completed', 21],
      ['b', 'transform', 'completed', 42],
    ]);
  });

  it('of five steps goes through a worker, with one key a step and the trace of its start', async () => {
    const execution = await run(chain(5) as unknown as JsonObject);
    expect(execution).toMatchObject({
      status: 'completed',
      output: { s5: { did: 5 } },
      progress: { settled: 5, total: 5 },
    });
    expect(execution.steps.every((step) => step.status === 'completed' && step.attempt === 1)).toBe(true);
    const mine = worker.taken.filter((task) => task.executionId === execution.id);
    expect(mine.map((task) => task.idempotencyKey)).toEqual([1, 2, 3, 4, 5].map((n) => `${execution.id}:s${n}`));
    expect(execution.traceId).toMatch(/^[0-9a-f]{32}$/);
    expect(traces.filter((trace) => trace?.includes(String(execution.traceId)))).toHaveLength(5);
    await eventually(() =>
      expect(worker.acknowledged.filter((ref) => ref.executionId === execution.id)).toHaveLength(5),
    );
  });

  it('has a journal in order, in pages', async () => {
    const { id } = await run(chain(2) as unknown as JsonObject);
    const first = await client.send(readJournal, { id, limit: 3 });
    const rest = await client.send(readJournal, { id, cursor: String(first.nextCursor) });
    const entries = [...first.data, ...rest.data];
    expect(entries.map((entry) => entry.seq)).toEqual(entries.map((_, index) => index + 1));
    expect(entries.map((entry) => entry.type)).toEqual([
      'execution_started',
      'step_queued',
      'step_completed',
      'step_queued',
      'step_completed',
      'execution_completed',
    ]);
    expect(rest.nextCursor).toBeNull();
  });

  it('that waits leaves memory and wakes by its timer', async () => {
    const workflowId = workflows.publish('waits', {
      format: 1,
      steps: [
        { id: 'nap', type: 'delay', config: { duration: '5500ms' }, next: ['after'] },
        { id: 'after', type: 'transform', config: { value: 1 } },
      ],
    });
    const { id } = await client.send(startExecution, { workflowId });
    expect((await client.send(getExecution, { id })).status).toBe('waiting');
    const { nextCursor } = await client.send(listExecutions, { status: 'waiting', workflowId });
    expect(nextCursor).toBeNull();
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('completed'), 10_000);
  }, 20_000);

  it('can be cancelled, which reaches the worker; a second wish changes nothing', async () => {
    const workflowId = workflows.publish(
      'hangs',
      chain(1, 'test__work', { config: { hang: true } }) as unknown as JsonObject,
    );
    const { id } = await client.send(startExecution, { workflowId });
    await eventually(() => expect(worker.taken.some((task) => task.executionId === id)).toBe(true));
    await client.send(cancelExecution, { id, reason: 'enough' });
    await client.send(cancelExecution, { id });
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('cancelled'));
    await eventually(() => expect(worker.aborted.some((ref) => ref.executionId === id)).toBe(true));
    const journal = await client.send(readJournal, { id });
    expect(journal.data.filter((entry) => entry.type === 'cancel_requested')).toHaveLength(1);
  });

  it('ends when a step takes longer than it may', async () => {
    const execution = await run(
      chain(1, 'test__work', { config: { pause: 3_000 }, timeout: '300ms' }) as unknown as JsonObject,
    );
    expect(execution.status).toBe('failed');
    expect(execution.steps[0]?.error?.code).toMatch(/time/);
  });

  it('fails a step whose output is too large to be kept', async () => {
    const execution = await run(chain(1, 'test__work', { config: { large: true } }) as unknown as JsonObject);
    expect(execution).toMatchObject({ status: 'failed', error: { code: 'output_too_large', stepPath: 's1' } });
  });

  it('grants a step of class once to one worker', async () => {
    const execution = await run(chain(1, 'test__pay') as unknown as JsonObject);
    expect(execution.status).toBe('completed');
    const { data } = await client.send(readJournal, { id: execution.id });
    expect(data.map((entry) => entry.type)).toContain('step_starting');
  });

  it('starts a child and goes on with its output', async () => {
    workflows.publish('child', {
      format: 1,
      output: '{{ inputs.n * 2 }}',
      steps: [{ id: 'w', type: 'test__noop', config: {} }],
    });
    const execution = await run({
      format: 1,
      steps: [{ id: 'sub', type: 'sub_workflow', config: { workflow: 'child', inputs: { n: 21 } } }],
    });
    expect(execution).toMatchObject({ status: 'completed', output: { sub: 42 } });
  });

  it('waits for a child that waits, neither in memory', async () => {
    workflows.publish('slow_child', {
      format: 1,
      steps: [{ id: 'nap', type: 'delay', config: { duration: '5500ms' } }],
    });
    const workflowId = workflows.publish('parent', {
      format: 1,
      steps: [{ id: 'sub', type: 'sub_workflow', config: { workflow: 'slow_child', inputs: {} } }],
    });
    const { id } = await client.send(startExecution, { workflowId });
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('waiting'));
    const metrics = await (await fetch(`http://127.0.0.1:${service.probePort}/metrics`)).text();
    expect(metrics).toMatch(/rpa_runs_owned\{[^}]*\} 0/);
    await eventually(async () => expect((await client.send(getExecution, { id })).status).toBe('completed'), 10_000);
    const [child] = (await client.send(listExecutions, { trigger: 'sub_workflow', limit: 1 })).data;
    expect(child).toMatchObject({ parentId: id, status: 'completed', trigger: { type: 'sub_workflow', id } });
  }, 20_000);

  it('tells its end to those who listen', async () => {
    const ends: unknown[] = [];
    const subscription = client.hear(executionEnded, (event) => ends.push(event));
    const { id, workflowId } = await run({ format: 1, steps: [{ id: 'x', type: 'fail', config: { message: 'no' } }] });
    await eventually(() =>
      expect(ends).toContainEqual(expect.objectContaining({ executionId: id, workflowId, status: 'failed' })),
    );
    subscription.unsubscribe();
  });

  it('shares lookups of its version with others, but never an older one', async () => {
    const workflowId = workflows.publish('moving', {
      format: 1,
      steps: [{ id: 'x', type: 'transform', config: { value: 1 } }],
    });
    const before = workflows.resolved;
    await Promise.all(Array.from({ length: 50 }, () => client.send(startExecution, { workflowId })));
    expect(workflows.resolved - before).toBeLessThan(50);
    workflows.publish('moving', { format: 1, steps: [{ id: 'x', type: 'transform', config: { value: 2 } }] }, 2);
    const { execution } = await client.send(startExecution, { workflowId, waitMs: 5_000 });
    expect(execution).toMatchObject({ workflowVersion: 2, output: { x: 2 } });
  });

  it('lists the steps of iterations by their container', async () => {
    const execution = await run({
      format: 1,
      steps: [
        {
          id: 'each',
          type: 'foreach',
          config: { items: '{{ [1, 2, 3] }}', concurrency: 2 },
          steps: [{ id: 'one', type: 'test__noop', config: { n: '{{ item }}' } }],
        },
      ],
    });
    expect(execution.output).toEqual({ each: [{ did: 1 }, { did: 2 }, { did: 3 }] });
    const { data } = await client.send(listSteps, { id: execution.id, parent: 'each', limit: 2 });
    expect(data.map((step) => step.path)).toEqual(['each.0.one', 'each.1.one']);
  });
});

describe('the door', () => {
  it('tells every fault of the inputs', async () => {
    const workflowId = workflows.publish('typed', {
      format: 1,
      inputs: { type: 'object', properties: { a: { type: 'number' } }, required: ['a', 'b'] },
      steps: [{ id: 'x', type: 'transform', config: { value: 1 } }],
    });
    await expect(client.send(startExecution, { workflowId, inputs: { a: 'no' } })).rejects.toMatchObject({
      code: 'inputs_invalid',
      errors: expect.arrayContaining([expect.objectContaining({ path: 'inputs.a' })]),
    });
  });

  it('knows no execution of another organization', async () => {
    const { id } = await run({ format: 1, steps: [{ id: 'x', type: 'transform', config: { value: 1 } }] });
    const other = await Client.person();
    for (const command of [getExecution, listSteps, readJournal, cancelExecution])
      await expect(other.send(command as typeof getExecution, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect((await other.send(listExecutions, {})).data).toEqual([]);
    await other.close();
  });

  it('asks for permissions, and lets only services say what started a run', async () => {
    const workflowId = workflows.publish('plain', {
      format: 1,
      steps: [{ id: 'x', type: 'transform', config: { value: 1 } }],
    });
    const reader = await Client.person(client.organizationId, ['executions:read']);
    await expect(reader.send(startExecution, { workflowId })).rejects.toMatchObject({ code: 'forbidden' });
    await reader.close();
    await expect(client.send(startExecution, { workflowId, trigger: { type: 'webhook' } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    const triggers = await Client.triggers(client.organizationId);
    const { id } = await triggers.send(startExecution, { workflowId, trigger: { type: 'webhook', id: 't1' } });
    expect((await client.send(getExecution, { id })).trigger).toEqual({ type: 'webhook', id: 't1' });
    await triggers.close();
  });

  it('starts once for the same key, whoever comes first of 100', async () => {
    const workflowId = workflows.publish('once', chain(1, 'test__noop') as unknown as JsonObject);
    const idempotencyKey = randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 100 }, () =>
        client.send(startExecution, { workflowId, inputs: { a: 1 } }, { idempotencyKey }),
      ),
    );
    expect(new Set(replies.map((reply) => reply.id)).size).toBe(1);
    expect(replies.filter((reply) => !reply.deduplicated)).toHaveLength(1);
    expect((await client.send(listExecutions, { workflowId })).data).toHaveLength(1);
    await expect(
      client.send(startExecution, { workflowId, inputs: { a: 2 } }, { idempotencyKey }),
    ).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    });
  });

  it('refuses what cannot be stored, and only that', async () => {
    const workflowId = workflows.publish('deep', {
      format: 1,
      steps: [{ id: 'x', type: 'transform', config: { value: 1 } }],
    });
    const triggers = await Client.triggers(client.organizationId);
    const [poisoned, ...fine] = await Promise.allSettled([
      triggers.send(startExecution, { workflowId, trigger: { type: 'webhook', id: 'a\0b' } }),
      ...Array.from({ length: 20 }, () => client.send(startExecution, { workflowId, inputs: { text: '\u0000' } })),
    ]);
    await triggers.close();
    expect(poisoned).toMatchObject({ status: 'rejected', reason: { code: 'validation_failed' } });
    expect(fine.every((result) => result.status === 'fulfilled')).toBe(true);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  appendLogs,
  MAX_LOG_LINES,
  readLogs,
  startExecution,
  type JsonObject,
  type ReadLogsReply,
  type ReadLogsRequest,
  type TaskLog,
} from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity, type RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, testNats, type TestDatabase } from '@rpa/testing';
import { natsUrl, startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { SECRETS } from './support/secrets.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let workflows: WorkflowsPeer;
let service: RunningService;
let client: Client;
let worker: { bus: Bus; token: string };

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions logs');
  workflows = await WorkflowsPeer.start([]);
  service = await startReplica({ databaseUrl: database.url });
  client = await Client.person();
  worker = await connectWorker();
});

afterAll(async () => {
  await Promise.all([client?.close(), worker?.bus.close(100), service?.stop(), workflows?.stop()]);
  await database?.drop();
  await stopNats();
});

async function connectWorker() {
  const { password } = testNats('worker');
  const bus = await connectBus({ service: 'worker', servers: [natsUrl()], user: 'worker', password });
  const { identityKeys, trustedKeys } = SECRETS;
  const identity = await Identity.load({ service: 'worker', identityKey: identityKeys.worker, trustedKeys });
  return { bus, token: await identity.serviceToken() };
}

const run = async (definition: JsonObject, inputs: JsonObject = {}): Promise<string> => {
  const workflowId = workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition);
  return (await client.send(startExecution, { workflowId, inputs, waitMs: 20_000 })).id;
};
const log = (id: string, config: JsonObject, next: string[] = []): JsonObject => ({
  id,
  type: 'log',
  config,
  ...(next[0] && { next }),
});
const messages = ({ data }: ReadLogsReply) => data.map((line) => line.message);
const read = (request: ReadLogsRequest) => client.send(readLogs, request);
const send = (executionId: string, lines: TaskLog[], more: object = {}) => {
  const batch = { executionId, organizationId: client.organizationId, path: 'fetch', attempt: 2, lines, ...more };
  return worker.bus.request(appendLogs, { batches: [batch] }, { principal: worker.token });
};
const line = (message: string, level: TaskLog['level'] = 'info'): TaskLog => ({ at: Date.now(), level, message });

describe('the log of an execution', () => {
  it('holds what log steps write, filtered by level, step and text, in pages', async () => {
    const inner = [log('item', { message: 'item {{ item }}', level: 'debug' })];
    const id = await run(
      {
        format: 1,
        steps: [
          log('begin', { message: 'Begins with {{ inputs.n }}' }, ['each']),
          { id: 'each', type: 'foreach', config: { items: '{{ inputs.items }}' }, steps: inner, next: ['end'] },
          log('end', { message: 'Stock is LOW', level: 'warn' }),
        ],
      },
      { n: 3, items: [1, 2, 3] },
    );
    const whole = await eventually(async () => {
      const reply = await read({ id });
      expect(messages(reply)).toEqual(['Begins with 3', 'item 1', 'item 2', 'item 3', 'Stock is LOW']);
      return reply;
    });
    expect(whole).toMatchObject({ truncated: false, omitted: 0, nextCursor: null });
    expect(whole.data[4]).toMatchObject({ level: 'warn', path: 'end', attempt: 1, at: expect.stringMatching(/Z$/) });
    expect(messages(await read({ id, level: 'info' }))).toEqual(['Begins with 3', 'Stock is LOW']);
    expect(messages(await read({ id, path: 'each' }))).toHaveLength(3);
    expect(messages(await read({ id, search: 'stock is low' }))).toEqual(['Stock is LOW']);
    const first = await read({ id, limit: 2 });
    const second = await read({ id, limit: 4, cursor: first.nextCursor ?? '' });
    expect([...messages(first), ...messages(second)]).toEqual(messages(whole));
    await expect(read({ id, level: 'warn', cursor: first.nextCursor ?? '' })).rejects.toMatchObject({
      code: 'validation_failed',
    });
  });

  it('takes in what running steps write, of its own organization only', async () => {
    const id = await run({ format: 1, steps: [log('a', { message: 'first' })] });
    await send(id, [line('page 1 of 2\0'), line('page 2 of 2', 'error'), 'no line' as never, line('x'.repeat(9_000))]);
    await send(id, [line('forged')], { organizationId: randomUUID() });
    await send(randomUUID(), [line('nowhere')]);
    const lines = await eventually(async () => {
      const reply = await read({ id });
      expect(reply.data.length).toBeGreaterThanOrEqual(4);
      return reply.data;
    });
    expect(lines.map((each) => each.message.slice(0, 20))).toEqual([
      'first',
      'page 1 of 2',
      'page 2 of 2',
      'x'.repeat(20),
    ]);
    expect(lines[2]).toMatchObject({ level: 'error', path: 'fetch', attempt: 2 });
    expect(lines[3]?.message).toHaveLength(2_000);
  });

  it('keeps so many lines of an execution and says how many are missing', async () => {
    const id = await run({ format: 1, steps: [log('a', { message: 'first' })] });
    const many = Array.from({ length: 2_000 }, (_, n) => line(`line ${n}`));
    for (let sent = 0; sent < 3; sent++) await send(id, many);
    await eventually(async () => {
      expect(await read({ id, limit: 1 })).toMatchObject({ truncated: true, omitted: 6_001 - MAX_LOG_LINES });
    });
    const last = await read({ id, search: 'line 998', limit: 200 });
    expect(last.data).toHaveLength(3);
    expect((await read({ id, search: 'line 999', limit: 200 })).data).toHaveLength(2);
  });

  it('is nobody else’s, and services alone may write to it', async () => {
    const id = await run({ format: 1, steps: [log('a', { message: 'secret plan' })] });
    const stranger = await Client.person();
    const blind = await Client.person(client.organizationId, ['workflows:read']);
    await expect(stranger.send(readLogs, { id })).rejects.toMatchObject({ code: 'not_found' });
    await expect(blind.send(readLogs, { id })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(send('x', [line('y')])).rejects.toMatchObject({ code: 'validation_failed' });
    await Promise.all([stranger.close(), blind.close()]);
  });
});

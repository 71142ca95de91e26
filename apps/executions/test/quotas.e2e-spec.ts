import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  getExecution,
  listExecutions,
  readQuotas,
  signalExecution,
  startExecution,
  type AppError,
  type JsonObject,
  type StartExecutionReply,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import { startNats, stopNats } from './support/nats.js';
import { Client, PERMISSIONS, startReplica } from './support/replica.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

const BOUND = randomUUID();
const MINUTELY = randomUUID();
const MAX_RUNS = 20;
const MAX_QUEUED = 100;

let database: TestDatabase;
let workflows: WorkflowsPeer;
let replica: RunningService;
let workflowId: string;
const clients: Client[] = [];

const person = async (organizationId?: string, permissions = [...PERMISSIONS, 'settings:read' as const]) => {
  const client = await Client.person(organizationId, permissions);
  clients.push(client);
  return client;
};

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions quotas');
  workflows = await WorkflowsPeer.start([]);
  replica = await startReplica({
    databaseUrl: database.url,
    env: {
      EXECUTIONS_MAX_RUNS: String(MAX_RUNS),
      EXECUTIONS_MAX_QUEUED: String(MAX_QUEUED),
      EXECUTIONS_QUOTAS: `${BOUND} running=2 queued=3, ${MINUTELY} startsPerMinute=5`,
    },
  });
  // Such a run stays in memory, for its timer is near.
  workflowId = workflows.publish('held', {
    format: 1,
    steps: [{ id: 'wait', type: 'wait_for_signal', timeout: '4s', config: { name: 'go' } }],
  } as unknown as JsonObject);
}, 60_000);
afterAll(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await replica?.stop();
  await workflows?.stop();
  await database?.drop();
  await stopNats();
});

const begin = (client: Client) => client.send(startExecution, { workflowId });
const go = (client: Client, id: string) => client.send(signalExecution, { id, name: 'go' });
const becomes = (client: Client, id: string, status: string) =>
  eventually(async () => expect((await client.send(getExecution, { id })).status).toBe(status), 10_000);
const settle = async (client: Client, count: number) => {
  const tries = await Promise.allSettled(Array.from({ length: count }, () => begin(client)));
  return {
    taken: tries.flatMap((each): StartExecutionReply[] => (each.status === 'fulfilled' ? [each.value] : [])),
    refused: tries.flatMap((each): AppError[] => (each.status === 'rejected' ? [each.reason as AppError] : [])),
  };
};

describe('quotas of an organization', () => {
  it('let so many run, keep so many waiting, and refuse the rest with 429', async () => {
    const client = await person(BOUND);
    const replies: StartExecutionReply[] = [];
    for (let n = 0; n < 5; n++) replies.push(await begin(client));
    expect(replies.map(({ pendingReason }) => pendingReason ?? null)).toEqual([
      null,
      null,
      ...Array(3).fill('capacity'),
    ]);
    await expect(begin(client)).rejects.toMatchObject({ code: 'quota_exceeded', retryAfter: 5 });
    expect(await client.send(readQuotas, {})).toEqual({
      running: { limit: 2, used: 2 },
      queued: { limit: 3, used: 3 },
      startsPerMinute: { limit: null, used: expect.any(Number) },
    });
    for (const { id } of replies) {
      await becomes(client, id, 'running').catch(() => becomes(client, id, 'waiting'));
      await go(client, id);
      await becomes(client, id, 'completed');
    }
    expect((await client.send(readQuotas, {})).queued.used).toBe(0);
  }, 40_000);

  it('bound the starts of a minute', async () => {
    const client = await person(MINUTELY);
    // Not across the end of a minute, where a new one begins.
    const left = 60_000 - (Date.now() % 60_000);
    if (left < 3_000) await new Promise((resolve) => setTimeout(resolve, left + 100));
    const { taken, refused } = await settle(client, 8);
    expect(taken).toHaveLength(5);
    expect(refused.map(({ code }) => code)).toEqual(Array(3).fill('quota_exceeded'));
    for (const { retryAfter = 0 } of refused) expect(retryAfter).toBeGreaterThanOrEqual(1);
    for (const { id } of taken) await go(client, id);
  }, 20_000);

  it('are shown to those who may see settings, and only their own', async () => {
    const stranger = await person();
    expect(await stranger.send(readQuotas, {})).toMatchObject({
      running: { limit: null, used: 0 },
      queued: { used: 0 },
    });
    const operator = await person(BOUND, PERMISSIONS);
    await expect(operator.send(readQuotas, {})).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('one organization that floods the installation', () => {
  it('gets its share of the memory; its other starts wait as rows, and others are not held up', async () => {
    const [flood, other] = [await person(), await person()];
    const { taken, refused } = await settle(flood, MAX_RUNS * 3);
    expect(refused).toEqual([]);
    const waiting = taken.filter(({ pendingReason }) => pendingReason === 'capacity');
    expect(waiting.length).toBeGreaterThanOrEqual(MAX_RUNS);
    const reply = await begin(other);
    expect(reply.pendingReason).toBeUndefined();
    await becomes(other, reply.id, 'running').catch(() => becomes(other, reply.id, 'waiting'));
    await go(other, reply.id);
    for (const { id } of taken) await go(flood, id);
    await eventually(async () => {
      const { data } = await flood.send(listExecutions, { status: 'completed', limit: 200 });
      expect(data).toHaveLength(taken.length);
    }, 20_000);
  }, 40_000);

  it('and when everything that may wait does, a start is refused with 503', async () => {
    const client = await person();
    const { taken, refused } = await settle(client, MAX_QUEUED + MAX_RUNS * 2);
    expect(refused.length).toBeGreaterThan(0);
    for (const error of refused) expect(error).toMatchObject({ code: 'overloaded', retryAfter: expect.any(Number) });
    for (const { id } of taken) await go(client, id);
    await eventually(async () => {
      const { data } = await client.send(listExecutions, { status: 'completed', limit: 200 });
      expect(data).toHaveLength(taken.length);
    }, 30_000);
  }, 60_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  cancelExecution,
  decideStep,
  getExecution,
  readJournal,
  signalExecution,
  startExecution,
  type ExecutionView,
  type JsonObject,
} from '@rpa/contracts';
import type { RunningService } from '@rpa/platform';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { startNats, stopNats } from './support/nats.js';
import { Client, startReplica } from './support/replica.js';
import { WorkflowsPeer } from './support/workflows-peer.js';

let database: TestDatabase;
let sql: pg.Pool;
let workflows: WorkflowsPeer;
let replicas: RunningService[];
let client: Client;

beforeAll(async () => {
  await startNats();
  database = await createTestDatabase('executions flow');
  sql = new pg.Pool({ connectionString: database.url, max: 2 });
  workflows = await WorkflowsPeer.start([]);
  replicas = await Promise.all([
    startReplica({ databaseUrl: database.url }),
    startReplica({ databaseUrl: database.url }),
  ]);
  client = await Client.person();
}, 60_000);
afterAll(async () => {
  await Promise.all([client?.close(), ...(replicas ?? []).map((replica) => replica.stop())]);
  await workflows?.stop();
  await sql?.end();
  await database?.drop();
  await stopNats();
});

/** A run of it lasts until it gets the signal `go`. */
const gated = (settings: object): JsonObject =>
  ({
    format: 1,
    settings,
    steps: [
      { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['done'] },
      { id: 'done', type: 'transform', config: { value: '{{ inputs.n }}' } },
    ],
  }) as unknown as JsonObject;
const short = (settings: object): JsonObject =>
  ({ format: 1, settings, steps: [{ id: 'done', type: 'transform', config: { value: '{{ inputs.n }}' } }] }) as never;
const publish = (definition: JsonObject): string => workflows.publish(`w_${randomUUID().slice(0, 8)}`, definition);
const begin = (workflowId: string, inputs: JsonObject = {}, more: object = {}) =>
  client.send(startExecution, { workflowId, inputs, ...more });
const get = (id: string): Promise<ExecutionView> => client.send(getExecution, { id });
const go = (id: string) => client.send(signalExecution, { id, name: 'go' });
const statusOf = async (id: string): Promise<string> => {
  const { status, pendingReason } = await get(id);
  return pendingReason ? `${status} ${pendingReason}` : status;
};
const becomes = (id: string, status: string) => eventually(async () => expect(await statusOf(id)).toBe(status), 10_000);

describe('concurrency', () => {
  it('lets as many run as there are slots; the others wait as rows and begin in order', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 2 } }));
    const replies = [];
    for (let n = 0; n < 5; n++) replies.push(await begin(workflowId, { n }));
    const [a, b, c, d, e] = replies.map(({ id }) => id) as [string, string, string, string, string];
    expect(replies.map(({ pendingReason }) => pendingReason ?? null)).toEqual([
      ...[null, null],
      ...Array(3).fill('concurrency'),
    ]);
    await becomes(a, 'waiting');
    expect(await get(e)).toMatchObject({ status: 'pending', pendingReason: 'concurrency', startedAt: null });
    expect((await get(e)).steps.map(({ id, status }) => `${id} ${status}`)).toEqual(['wait pending', 'done pending']);
    const undecidable = client.send(decideStep, { id: e, path: 'wait', decision: 'skip' });
    await expect(undecidable).rejects.toMatchObject({ code: 'conflict' });
    await go(b);
    await becomes(c, 'waiting');
    expect([await statusOf(d), await statusOf(e)]).toEqual(['pending concurrency', 'pending concurrency']);
    for (const id of [a, c, d, e]) await becomes(id, 'waiting').then(() => go(id));
    for (const [n, id] of [a, b, c, d, e].entries()) {
      await becomes(id, 'completed');
      expect((await get(id)).output).toEqual({ done: n });
    }
    const { rows } = await sql.query('SELECT count(*)::int AS left FROM executions.start_queue');
    expect(rows).toEqual([{ left: 0 }]);
  });

  it('counts each key for itself, and takes no slot twice for a repeated start', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 1, key: '{{ inputs.customer }}' } }));
    const [one, two] = [await begin(workflowId, { customer: 'a' }), await begin(workflowId, { customer: 'b' })];
    const send = () =>
      client.send(startExecution, { workflowId, inputs: { customer: 'a' } }, { idempotencyKey: `k ${workflowId}` });
    const [third, again] = [await send(), await send()];
    expect([one, two, third].map((reply) => reply.pendingReason ?? null)).toEqual([null, null, 'concurrency']);
    expect(again).toMatchObject({ id: third.id, deduplicated: true });
    await go(one.id);
    await becomes(third.id, 'waiting');
    await Promise.all([go(two.id), go(third.id)]);
  });

  it('goes by priority, but age counts too', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 1 } }));
    const first = await begin(workflowId);
    const low = await begin(workflowId, {}, { priority: 0 });
    const high = await begin(workflowId, {}, { priority: 9 });
    await go(first.id);
    await becomes(high.id, 'waiting');
    // As if the low one had waited for nine levels longer than one that comes now.
    await sql.query(`UPDATE executions.start_queue SET rank = rank - interval '271 s' WHERE execution_id = $1`, [
      low.id,
    ]);
    const next = await begin(workflowId, {}, { priority: 9 });
    await go(high.id);
    await becomes(low.id, 'waiting');
    expect(await statusOf(next.id)).toBe('pending concurrency');
    await go(low.id);
    await becomes(next.id, 'waiting').then(() => go(next.id));
  });

  it('skips what comes while all slots are taken, and says so', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 1, onLimit: 'skip' } }));
    const tries = await Promise.allSettled(Array.from({ length: 8 }, () => begin(workflowId)));
    const taken = tries.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
    expect(taken).toHaveLength(1);
    for (const each of tries)
      if (each.status === 'rejected') expect(each.reason).toMatchObject({ code: 'start_skipped' });
    const id = String(taken[0]?.id);
    await becomes(id, 'waiting').then(() => go(id));
    await becomes(id, 'completed');
    const next = await begin(workflowId);
    await becomes(next.id, 'waiting').then(() => go(next.id));
  });

  it('cancels the oldest for the newest', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 2, onLimit: 'cancel_oldest' } }));
    const ids: string[] = [];
    for (let n = 0; n < 6; n++) ids.push((await begin(workflowId, { n })).id);
    for (const id of ids.slice(0, 4)) await becomes(id, 'cancelled');
    for (const id of ids.slice(4)) await becomes(id, 'waiting').then(() => go(id));
    const { data } = await client.send(readJournal, { id: String(ids[0]) });
    expect(data.find(({ type }) => type === 'cancel_requested')?.data['reason']).toMatch(/newer start/);
  });

  it('can be cancelled while it waits, keeps signals that come early, and frees nothing that it does not hold', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 1 } }));
    const [first, second, third] = [await begin(workflowId), await begin(workflowId), await begin(workflowId)];
    await go(third.id);
    await client.send(cancelExecution, { id: second.id, reason: 'not needed' });
    await becomes(second.id, 'cancelled');
    const { data } = await client.send(readJournal, { id: second.id });
    expect(data.map(({ type }) => type)).toEqual(['execution_started', 'cancel_requested', 'execution_cancelled']);
    expect(await statusOf(third.id)).toBe('pending concurrency');
    await becomes(first.id, 'waiting').then(() => go(first.id));
    await becomes(third.id, 'completed');
  });

  it('holds the limit however many start at once on two replicas', async () => {
    const steps = [{ id: 'pause', type: 'delay', config: { duration: '20ms' } }];
    const workflowId = publish({ format: 1, settings: { concurrency: { limit: 3 } }, steps });
    const ids = (await Promise.all(Array.from({ length: 60 }, () => begin(workflowId)))).map(({ id }) => id);
    let most = 0;
    await eventually(async () => {
      const { rows } = await sql.query<{ held: number; done: number }>(
        `SELECT count(*) FILTER (WHERE lane IS NOT NULL AND status NOT IN ('completed', 'failed', 'cancelled'))::int AS held,
                count(*) FILTER (WHERE status = 'completed')::int AS done
           FROM executions.executions WHERE workflow_id = $1`,
        [workflowId],
      );
      most = Math.max(most, rows[0]?.held ?? 0);
      expect(rows[0]?.done).toBe(ids.length);
    }, 30_000);
    expect(most).toBeGreaterThan(0);
    expect(await mostAtOnce(ids)).toBeLessThanOrEqual(3);
  }, 40_000);

  it('does not wait for itself: a child of the same workflow runs in the slot of its parent', async () => {
    const key = `tree_${randomUUID().slice(0, 8)}`;
    const workflowId = workflows.publish(key, {
      format: 1,
      settings: { concurrency: { limit: 1 } },
      steps: [
        {
          id: 'deeper',
          type: 'sub_workflow',
          when: '{{ inputs.n > 0 }}',
          config: { workflow: key, inputs: { n: '{{ inputs.n - 1 }}' } },
        },
      ],
    } as unknown as JsonObject);
    const reply = await begin(workflowId, { n: 2 }, { waitMs: 10_000 });
    expect(reply.execution?.status).toBe('completed');
  }, 20_000);

  it('refuses a start whose key has no value', async () => {
    const workflowId = publish(gated({ concurrency: { limit: 1, key: '{{ inputs.customer.id }}' } }));
    await expect(begin(workflowId)).rejects.toMatchObject({
      code: 'inputs_invalid',
      errors: [{ path: 'settings.concurrency.key', code: 'key' }],
    });
  });
});

/** From the journals: how many of these runs were between their first and last record at the same time. */
async function mostAtOnce(ids: string[]): Promise<number> {
  const { rows } = await sql.query<{ at: string; step: number }>(
    `SELECT r.record ->> 'at' AS at, CASE r.record ->> 'type' WHEN 'execution_started' THEN 1 ELSE -1 END AS step
       FROM executions.journal j, json_array_elements(j.body) AS r (record)
      WHERE j.execution_id = ANY ($1::uuid[]) AND r.record ->> 'type' IN ('execution_started', 'execution_completed')
      ORDER BY (r.record ->> 'at')::bigint, step`,
    [ids],
  );
  let now = 0;
  return Math.max(...rows.map(({ step }) => (now += step)));
}

describe('rate limit', () => {
  const inWindows = async (workflowId: string, periodMs: number): Promise<number> => {
    const { rows } = await sql.query<{ most: number }>(
      `SELECT max((SELECT count(*) FROM executions.executions o WHERE o.workflow_id = $1
                      AND o.rated_at > e.rated_at - $2::int * interval '1 ms' AND o.rated_at <= e.rated_at))::int AS most
         FROM executions.executions e WHERE e.workflow_id = $1`,
      [workflowId, periodMs],
    );
    return rows[0]?.most ?? 0;
  };

  it('never lets more begin in any period; the others wait for the next', async () => {
    const workflowId = publish(short({ rateLimit: { limit: 3, period: '1s' } }));
    const replies = await Promise.all(Array.from({ length: 8 }, (_, n) => begin(workflowId, { n })));
    expect(replies.filter(({ pendingReason }) => pendingReason === 'rate_limit').length).toBeGreaterThanOrEqual(5);
    for (const { id } of replies) await becomes(id, 'completed');
    expect(await inWindows(workflowId, 1_000)).toBe(3);
  }, 20_000);

  it('or refuses what comes beyond, with the time after which it makes sense to come again', async () => {
    const workflowId = publish(short({ rateLimit: { limit: 2, period: '1h', onLimit: 'skip' } }));
    const tries = await Promise.allSettled(Array.from({ length: 5 }, () => begin(workflowId)));
    const refused = tries.flatMap((each) =>
      each.status === 'rejected' ? [each.reason as { retryAfter: number }] : [],
    );
    expect(refused).toHaveLength(3);
    for (const error of refused) {
      expect(error).toMatchObject({ code: 'start_skipped' });
      expect(error.retryAfter).toBeGreaterThan(3_500);
    }
  });
});

describe('debounce', () => {
  it('makes one run of starts that follow each other, with the last inputs', async () => {
    const workflowId = publish(short({ debounce: { period: '500ms', key: '{{ inputs.doc }}' } }));
    const replies = [];
    for (let n = 0; n < 5; n++) replies.push(await begin(workflowId, { doc: 'a', n }));
    const other = await begin(workflowId, { doc: 'b', n: 7 });
    expect(new Set(replies.map(({ id }) => id)).size).toBe(1);
    for (const reply of [...replies, other]) expect(reply.pendingReason).toBe('debounce');
    await becomes(String(replies[0]?.id), 'completed');
    await becomes(other.id, 'completed');
    expect(await get(String(replies[0]?.id))).toMatchObject({ inputs: { doc: 'a', n: 4 }, output: { done: 4 } });
    const { rows } = await sql.query('SELECT count(*)::int AS runs FROM executions.executions WHERE workflow_id = $1', [
      workflowId,
    ]);
    expect(rows).toEqual([{ runs: 2 }]);
    expect((await begin(workflowId, { doc: 'a', n: 9 })).id).not.toBe(replies[0]?.id);
  });

  it('waits no longer than it may, however often starts come', async () => {
    const workflowId = publish(short({ debounce: { period: '10m', maxWait: '300ms' } }));
    const { id } = await begin(workflowId, { n: 1 });
    await begin(workflowId, { n: 2 });
    await becomes(id, 'completed');
    expect((await get(id)).output).toEqual({ done: 2 });
  });

  it('comes before the slots', async () => {
    const workflowId = publish(gated({ debounce: { period: '200ms' }, concurrency: { limit: 1, onLimit: 'skip' } }));
    const first = await begin(workflowId);
    await becomes(first.id, 'waiting');
    const second = await begin(workflowId);
    expect(second.pendingReason).toBe('debounce');
    await becomes(second.id, 'cancelled');
    await go(first.id);
  });
});

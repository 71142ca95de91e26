import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  cancelExecutions,
  getBulkOperation,
  retryExecutions,
  testStep,
  type BulkExecutionsRequest,
  type BulkOperation,
} from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { Client, startReplica } from './support/replica.js';
import { ReplicaProcess, buildService } from './support/replica-process.js';
import { Stage, work } from './support/stage.js';

let stage: Stage;
beforeAll(async () => {
  buildService();
  stage = await Stage.open('executions bulk');
}, 120_000);
afterAll(() => stage.close());
beforeEach(() => stage.broken.clear());

const many = (count: number, workflowId: string): Promise<string[]> =>
  Promise.all(Array.from({ length: count }, () => stage.start(workflowId)));
const done = (id: string): Promise<BulkOperation> =>
  eventually(async () => {
    const bulk = await stage.client.send(getBulkOperation, { id });
    expect(bulk.status).toBe('completed');
    return bulk;
  }, 30_000);
const statuses = async (workflowId: string): Promise<Record<string, number>> =>
  Object.fromEntries(
    (
      await stage.rows<{ status: string; runs: number }>(
        'SELECT status, count(*)::int AS runs FROM executions.executions WHERE workflow_id = $1 GROUP BY 1',
        [workflowId],
      )
    ).map(({ status, runs }) => [status, runs]),
  );
const nap = { id: 'nap', type: 'delay', config: { duration: '1h' } };

describe('A bulk cancel', () => {
  it('cancels what fits the filter, tells its progress, and leaves the rest', async () => {
    const [workflowId, other] = [stage.publish([nap]), stage.publish([nap])];
    await many(120, workflowId);
    const [kept = ''] = await many(1, other);
    const asked = await stage.client.send(cancelExecutions, { filter: { workflowId }, reason: 'closed' });
    expect(asked).toMatchObject({ action: 'cancel', status: 'running', total: 120, processed: 0 });
    const later = await stage.start(workflowId);
    expect(await done(asked.id)).toMatchObject({ processed: 120, succeeded: 120, skipped: 0, failed: 0, errors: [] });
    await eventually(async () => expect((await statuses(workflowId))['cancelled']).toBe(120), 15_000);
    expect(['waiting', 'running']).toContain((await stage.view(later)).status);
    expect(['waiting', 'running']).toContain((await stage.view(kept)).status);
  });

  it('by ids says which of them are not there, and skips what has ended', async () => {
    const ended = await stage.begin([work('a')]);
    await stage.becomes(ended, 'completed');
    const stranger = '0198c1f0-0000-7000-8000-000000000099';
    const { id } = await stage.client.send(cancelExecutions, { ids: [ended, stranger] });
    expect(await done(id)).toMatchObject({ total: 2, processed: 2, succeeded: 0, skipped: 1, failed: 1 });
    expect((await done(id)).errors).toEqual([
      { executionId: stranger, code: 'not_found', message: expect.any(String) },
    ]);
  });

  it.each<[string, BulkExecutionsRequest]>([
    ['nothing', {}],
    ['an empty filter', { filter: {} }],
    ['a filter that the list does not know', { filter: { colour: 'red' } }],
    ['a status that is none', { filter: { status: 'gone' } }],
    ['a time that is none', { filter: { from: 'yesterday' } }],
    ['a page', { filter: { status: 'failed', limit: 5 } }],
  ])('is refused for %s', async (_, request) => {
    await expect(stage.client.send(cancelExecutions, request)).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('reaches nothing of another organization, and is not told to it', async () => {
    const workflowId = stage.publish([nap]);
    const [mine = ''] = await many(1, workflowId);
    const other = await Client.person();
    const { id } = await other.send(cancelExecutions, { ids: [mine] });
    await eventually(
      async () => expect(await other.send(getBulkOperation, { id })).toMatchObject({ failed: 1 }),
      10_000,
    );
    await expect(stage.client.send(getBulkOperation, { id })).rejects.toMatchObject({ code: 'not_found' });
    expect((await stage.view(mine)).status).not.toBe('cancelled');
    await expect(other.send(retryExecutions, { ids: [mine] })).rejects.toMatchObject({ code: 'forbidden' });
    await other.close();
  });
});

describe('A bulk retry', () => {
  it('goes on after a replica was killed in the middle of it, and retries each run once', async () => {
    const workflowId = stage.publish([work('a', ['b']), work('b')]);
    stage.broken.add('b');
    await many(150, workflowId);
    await eventually(async () => expect(await statuses(workflowId)).toEqual({ failed: 150 }), 30_000);
    stage.broken.clear();
    // Only this process is there to carry it out, and it dies on the way.
    await Promise.all(stage.replicas.splice(0).map((replica) => replica.stop()));
    const doomed = await ReplicaProcess.start({ databaseUrl: stage.database.url });
    const key = { idempotencyKey: 'bulk-1' };
    const request = { filter: { workflowId, status: 'failed' } };
    const { id } = await stage.client.send(retryExecutions, request, key);
    await eventually(async () => {
      const begun = await stage.rows('SELECT FROM executions.executions WHERE rerun_of IS NOT NULL LIMIT 1');
      expect(begun).toHaveLength(1);
    }, 10_000);
    await doomed.end('SIGKILL');
    await stage.rows('UPDATE executions.bulk_operations SET claimed_until = now()');
    stage.replicas.push(await startReplica({ databaseUrl: stage.database.url }));
    expect((await stage.client.send(retryExecutions, request, key)).id).toBe(id);
    expect(await done(id)).toMatchObject({ total: 150, processed: 150, succeeded: 150, failed: 0 });
    await eventually(async () => expect(await statuses(workflowId)).toEqual({ failed: 150, completed: 150 }), 30_000);
    const twice = await stage.rows(
      'SELECT rerun_of FROM executions.executions WHERE workflow_id = $1 GROUP BY 1 HAVING rerun_of IS NOT NULL AND count(*) > 1',
      [workflowId],
    );
    expect(twice).toEqual([]);
  }, 120_000);
});

describe('A step alone', () => {
  it('runs with the outputs that it is given, as a test run', async () => {
    const workflowId = stage.publish([
      work('fetch', ['sum']),
      { id: 'sum', type: 'transform', config: { value: '{{ steps.fetch.output.n + inputs.more }}' }, next: ['last'] },
      work('last'),
    ]);
    const request = { id: workflowId, stepId: 'sum', pins: { fetch: { n: 40 } }, inputs: { more: 2 }, version: 1 };
    const { execution } = await stage.client.send(testStep, { ...request, waitMs: 10_000 });
    expect(execution).toMatchObject({ status: 'completed', output: 42, test: true });
    expect(stage.taken(execution?.id ?? '')).toEqual([]);
    await expect(stage.client.send(testStep, { ...request, stepId: 'nowhere' })).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'stepId' }],
    });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { parse } from 'csv-parse/sync';
import { Platform } from './platform.js';
import { WorkflowsPeer } from './workflows-peer.js';

let platform: Platform;
let workflows: WorkflowsPeer;
let token: string;
let good: string;
let bad: string;

beforeAll(async () => {
  platform = await Platform.start();
  await platform.startExecutions();
  workflows = new WorkflowsPeer(await platform.connectAs('workflows'));
  token = await platform.tokenOf('owner');
  const steps: JsonObject[] = [
    { id: 'a', type: 'transform', config: { value: 1 }, next: ['pause'] },
    { id: 'pause', type: 'delay', config: { duration: '60ms' } },
  ];
  good = workflows.publish({ format: 1, steps });
  bad = workflows.publish({ format: 1, steps: [{ id: 'x', type: 'fail', config: { message: '=HYPERLINK("evil")' } }] });
  for (let n = 0; n < 3; n++) await run(good, { labels: { tier: '+gold' } });
  await run(bad);
}, 60_000);
afterAll(() => platform?.stop());

const get = (path: string, who = token) => platform.get(`/api/v1${path}`, { authorization: `Bearer ${who}` });
async function run(workflowId: string, body: JsonObject = {}): Promise<void> {
  const authorization = { authorization: `Bearer ${token}` };
  const { status } = await platform.post(`/api/v1/workflows/${workflowId}/execute?wait=20s`, body, authorization);
  expect(status).toBe(200);
}

describe('analytics', () => {
  it('give an overview of what has ended, a moment later', async () => {
    await eventually(async () => {
      const { body } = await get('/analytics/overview');
      expect(body['counts']).toEqual({
        runs: 4,
        completed: 3,
        failed: 1,
        cancelled: 0,
        timedOut: 0,
        successRate: 0.75,
      });
      expect((body['durationMs'] as { p99: number }).p99).toBeGreaterThanOrEqual(55);
      expect(body['live']).toEqual({ pending: 0, running: 0, waiting: 0, paused: 0, needs_decision: 0 });
    }, 10_000);
  });

  it('tell the timeline, each workflow and what its steps cost', async () => {
    const timeline = (await get('/analytics/executions/timeline?interval=hour')).body['data'] as { runs: number }[];
    expect(timeline.reduce((sum, point) => sum + point.runs, 0)).toBe(4);
    const { body } = await get('/analytics/workflows/performance?sort=-failed');
    expect(body['data']).toMatchObject([
      { workflowId: bad, failed: 1, successRate: 0 },
      { workflowId: good, completed: 3, successRate: 1 },
    ]);
    const steps = (await get(`/analytics/workflows/${good}/steps`)).body['data'] as Record<string, number>[];
    expect(steps.map((row) => row['step'])).toEqual(['pause', 'a']);
    expect(steps[0]).toMatchObject({ runs: 3, attempts: 3, failures: 0 });
    expect(steps[0]?.['avgMs']).toBeGreaterThanOrEqual(55);
  });

  it('are exported as CSV and JSON, in which no formula runs', async () => {
    const csv = await get('/executions/export.csv');
    expect(csv.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(csv.headers.get('content-disposition')).toBe('attachment; filename="executions.csv"');
    const rows = parse(csv.text, { columns: true }) as Record<string, string>[];
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ status: 'failed', error_message: `'=HYPERLINK("evil")` });
    const failed = await get('/executions/export.json?status=failed');
    expect(JSON.parse(failed.text)).toMatchObject([{ status: 'failed', workflowId: bad }]);
    const performance = await get('/analytics/workflows/performance.csv');
    expect(parse(performance.text, { columns: true })).toHaveLength(2);
    expect(parse((await get('/analytics/executions/timeline.csv')).text)).not.toHaveLength(0);
    expect(parse((await get(`/analytics/workflows/${good}/steps.csv`)).text)).toHaveLength(3);
    expect(JSON.parse((await get('/analytics/workflows/performance.json')).text)).toHaveLength(2);
  });

  it('are the organization’s own', async () => {
    const stranger = await platform.tokenOf('owner', { id: randomUUID(), slug: 'others' });
    expect((await get('/analytics/overview', stranger)).body['counts']).toMatchObject({ runs: 0, successRate: null });
    expect((await get('/analytics/workflows/performance', stranger)).body['data']).toEqual([]);
    expect((await get(`/analytics/workflows/${good}/steps`, stranger)).body['data']).toEqual([]);
    expect((await get('/executions/export.json', stranger)).text).toBe('[]\n');
  });

  it.each(['from=yesterday', 'from=2026-02-01&to=2026-01-01', 'from=2020-01-01&to=2026-01-01', 'sort=x'])(
    'refuse %s',
    async (query) => {
      expect((await get(`/analytics/workflows/performance?${query}`)).status).toBe(422);
    },
  );

  it('hold workflows to their targets, and tell each breach', async () => {
    const authorization = { authorization: `Bearer ${token}` };
    const target = (workflowId: string, body: object) =>
      platform.fetch('PUT', `/api/v1/analytics/sla/${workflowId}`, body, authorization);
    expect((await target(good, { maxDurationMs: 20 })).status).toBe(200);
    expect((await target(bad, { successRate: 0.9 })).status).toBe(200);
    expect((await target(bad, {})).status).toBe(422);
    const bus = await platform.connectAs('gateway');
    const told: unknown[] = [];
    bus.subscribe('evt.*.executions.v1.sla.breached', (body) => told.push(body));
    await run(good);
    await run(bad);
    const breaches = await eventually(async () => {
      const { data } = (await get('/analytics/sla/breaches')).body as { data: Record<string, unknown>[] };
      expect(data).toHaveLength(2);
      expect(told).toHaveLength(2);
      return data;
    }, 15_000);
    expect(breaches).toContainEqual(
      expect.objectContaining({ workflowId: good, kind: 'duration', target: 20, executionId: expect.any(String) }),
    );
    expect(breaches).toContainEqual(
      expect.objectContaining({ workflowId: bad, kind: 'success_rate', measured: 0, target: 0.9, executionId: null }),
    );
    const stranger = await platform.tokenOf('owner', { id: randomUUID(), slug: 'others' });
    expect((await get('/analytics/sla/breaches', stranger)).body['data']).toEqual([]);
    expect((await get('/analytics/sla')).body['data']).toHaveLength(2);
    const gone = await platform.fetch('DELETE', `/api/v1/analytics/sla/${bad}`, undefined, authorization);
    expect(gone.status).toBe(204);
    expect((await get('/analytics/sla')).body['data']).toMatchObject([{ workflowId: good, maxDurationMs: 20 }]);
  }, 30_000);
});

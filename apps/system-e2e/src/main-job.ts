import { expect } from '@jest/globals';
import { Client, type ExecutionRow } from './client.js';
import { orderWorkflow } from './definitions.js';
import type { Sink } from './sink.js';

interface JournalRow {
  seq: number;
  type: string;
  path?: string;
}

/** The main job over HTTP: register, credential, workflow of API.md section 2, publish, execute, result and journal. */
export async function doMainJob(url: string, shop: Sink): Promise<void> {
  const { client } = await new Client(url).register('Shop');
  const credential = await client.post('/credentials', {
    name: 'Shop API',
    key: 'shop_api',
    type: 'api_key',
    data: { name: 'x-api-key', key: 'the-shop-secret' },
  });
  expect([credential.status, JSON.stringify(credential.body).includes('the-shop-secret')]).toEqual([201, false]);
  const workflowId = await client.publish('Orders', orderWorkflow(shop.url));
  const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
  const run = await client.post<ExecutionRow>(
    `/workflows/${workflowId}/execute?wait=30s`,
    { inputs: { orderId: 'A-1' } },
    { traceparent: `00-${trace}-00f067aa0ba902b7-01` },
  );
  expect(run.status).toBe(200);
  expect(run.body.status).toBe('completed');
  expect(run.body.output).toBe(66);
  expect(run.body.traceId).toBe(trace);
  const steps = Object.fromEntries(run.body.steps.map((step) => [step.path, [step.status, step.output]]));
  expect(steps['fetch']?.[0]).toBe('completed');
  expect(steps['each']).toEqual(['completed', [20, 46]]);
  expect(steps['alert']).toEqual(['skipped', null]);
  expect(steps['summary']).toEqual(['completed', 66]);

  const call = shop.calls.at(-1);
  expect(call?.headers['x-api-key']).toBe('the-shop-secret');
  expect(String(call?.headers['traceparent'])).toContain(trace);

  await expectJournalInOrder(client, run.body.id);
}

async function expectJournalInOrder(client: Client, executionId: string): Promise<void> {
  const journal = await client.get<{ data: JournalRow[] }>(`/executions/${executionId}/journal?limit=1000`);
  expect(journal.status).toBe(200);
  const rows = journal.body.data;
  expect(rows.map((row) => row.seq)).toEqual(rows.map((_, index) => index + 1));
  expect(rows[0]?.type).toBe('execution_started');
  expect(rows.at(-1)?.type).toBe('execution_completed');
  const at = (type: string, path: string): number => rows.findIndex((row) => row.type === type && row.path === path);
  expect(at('step_queued', 'fetch')).toBeGreaterThan(0);
  expect(at('step_completed', 'fetch')).toBeGreaterThan(at('step_queued', 'fetch'));
  expect(at('step_completed', 'each')).toBeGreaterThan(at('step_completed', 'each.1.one'));
  expect(at('step_completed', 'summary')).toBeGreaterThan(at('step_completed', 'each'));
  expect(JSON.stringify(rows)).not.toContain('the-shop-secret');
}

/** The local shop that the main job calls. */
export const shopResponds = (): { status: number; body: unknown } => ({
  status: 200,
  body: { items: [{ price: 10 }, { price: 23 }] },
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@rpa/testing';
import { Client, type Answer } from '../src/client.js';
import { launchSystem, removeData, type System } from '../src/launch-system.js';

const QUEUED = 3;
/** A run of it lasts until it gets the signal `go`. */
const gated = (settings: object) => ({
  format: 1,
  settings,
  steps: [
    { id: 'wait', type: 'wait_for_signal', config: { name: 'go' }, next: ['done'] },
    { id: 'done', type: 'transform', config: { value: '{{ inputs.n }}' } },
  ],
});

interface Started {
  id: string;
  status: string;
  pendingReason?: string;
  code?: string;
}
interface Seen extends Started {
  inputs: object;
  output: object | null;
}

describe('flow control through the gateway', () => {
  let system: System;
  let client: Client;

  beforeAll(async () => {
    system = await launchSystem({ env: { EXECUTIONS_QUOTA_QUEUED: String(QUEUED) } });
    ({ client } = await new Client(system.url).register('Flow'));
  });
  afterAll(async () => {
    await system.stop();
    removeData(system);
  });

  const start = (workflowId: string, n = 0): Promise<Answer<Started>> =>
    client.post<Started>(`/workflows/${workflowId}/execute`, { inputs: { n } });
  const see = async (id: string): Promise<Seen> => (await client.get<Seen>(`/executions/${id}`)).body;
  const becomes = (id: string, status: string) =>
    eventually(async () => expect((await see(id)).status).toBe(status), 20_000);
  const go = async (id: string) => expect((await client.post(`/executions/${id}/signals/go`, {})).status).toBe(202);

  it('tells what a start waits for, and refuses what is beyond the quota with 429 and Retry-After', async () => {
    const id = await client.publish('Narrow', gated({ concurrency: { limit: 1 } }));
    const replies: Answer<Started>[] = [];
    for (let n = 0; n <= QUEUED; n++) replies.push(await start(id, n));
    expect(replies.map(({ status }) => status)).toEqual(Array(QUEUED + 1).fill(202));
    expect(replies.map(({ body }) => body.pendingReason ?? null)).toEqual([null, ...Array(QUEUED).fill('concurrency')]);
    const refused = await start(id);
    expect([refused.status, refused.body.code]).toEqual([429, 'quota_exceeded']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const quotas = await client.get('/organization/quotas');
    expect(quotas.body).toMatchObject({ queued: { limit: QUEUED, used: QUEUED }, running: { limit: null, used: 1 } });

    // Everything dies at once: the slot and the queue are rows.
    await system.kill();
    system = await launchSystem({ like: system, env: { EXECUTIONS_QUOTA_QUEUED: String(QUEUED) } });
    for (const [n, { body }] of replies.entries()) {
      for (const later of replies.slice(n + 1))
        expect(await see(later.body.id)).toMatchObject({ status: 'pending', pendingReason: 'concurrency' });
      await becomes(body.id, 'waiting');
      await go(body.id);
      await becomes(body.id, 'completed');
      expect((await see(body.id)).output).toEqual({ done: n });
    }
  });

  it('answers 409 for a start that its workflow skips, and one execution for starts that are debounced', async () => {
    const skipping = await client.publish('Skipping', gated({ concurrency: { limit: 1, onLimit: 'skip' } }));
    const first = await start(skipping);
    const second = await start(skipping);
    expect([second.status, second.body.code]).toEqual([409, 'start_skipped']);
    expect(second.headers.get('content-type')).toContain('application/problem+json');
    await becomes(first.body.id, 'waiting');
    await go(first.body.id);

    const debounced = await client.publish('Debounced', {
      format: 1,
      settings: { debounce: { period: '500ms' } },
      steps: [{ id: 'done', type: 'transform', config: { value: '{{ inputs.n }}' } }],
    });
    const [one, two] = [await start(debounced, 1), await start(debounced, 2)];
    expect(two.body).toEqual({ id: one.body.id, status: 'pending', pendingReason: 'debounce' });
    await becomes(one.body.id, 'completed');
    expect(await see(one.body.id)).toMatchObject({ inputs: { n: 2 }, output: { done: 2 } });
  });

  it('keeps inputs that are too large for the journal for those that wait, also of a start that took another over', async () => {
    const id = await client.publish('Large', {
      format: 1,
      settings: { debounce: { period: '500ms' }, concurrency: { limit: 1 } },
      variables: { first: '{{ inputs.text[0] }}' },
      steps: [{ id: 'size', type: 'transform', config: { value: '{{ variables.first + inputs.text.length }}' } }],
    });
    const begin = (text: string) => client.post<Started>(`/workflows/${id}/execute`, { inputs: { text } });
    const one = await begin('a'.repeat(50_000));
    const two = await begin('b'.repeat(60_000));
    expect(two.body.id).toBe(one.body.id);
    await becomes(one.body.id, 'completed');
    expect((await see(one.body.id)).output).toEqual({ size: 'b60000' });
  });

  it('names the faults of settings when a workflow is published', async () => {
    const answer = await client.post<{ errors: { path: string }[] }>('/workflows', {
      name: 'Faulty',
      definition: gated({ concurrency: { limit: 0 }, rateLimit: { limit: 5 }, debounce: { period: 'soon' } }),
    });
    expect(answer.status).toBe(422);
    expect(answer.body.errors.map(({ path }) => path)).toEqual([
      'settings.concurrency.limit',
      'settings.rateLimit.period',
      'settings.debounce.period',
    ]);
  });
});

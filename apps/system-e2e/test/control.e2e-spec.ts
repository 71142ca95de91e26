import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@rpa/testing';
import type { Client, ExecutionRow } from '../src/client.js';
import { Client as Anybody } from '../src/client.js';
import { launchSystem, removeData, type System } from '../src/launch-system.js';
import { startSink, type Sink } from '../src/sink.js';

interface Row extends ExecutionRow {
  test: boolean;
  rerunOf: string | null;
  inputs: Record<string, unknown>;
  trigger: { type: string; id?: string };
}

const SOON_MS = 30_000;
const NAP = { id: 'nap', type: 'delay', config: { duration: '1h' } };
let system: System;
let sink: Sink;
let client: Client;
let published = 0;
/** Paths that the sink refuses, and those that it answers late. */
const broken = new Set<string>();

beforeAll(async () => {
  sink = await startSink(({ path }) => ({
    status: broken.has(path) ? 400 : 200,
    body: { path },
    ...(path.endsWith('/slow') && { delayMs: 15_000 }),
  }));
  system = await launchSystem({ env: { EGRESS_ALLOW: sink.address } });
  client = (await new Anybody(system.url).register('Control')).client;
}, 120_000);
afterAll(async () => {
  await system?.stop();
  await sink?.close();
  if (system) removeData(system);
});

const call = (id: string, next?: string[], path = `/${id}`): object => ({
  id,
  type: 'http_request',
  config: { method: 'POST', url: `${sink.url}${path}`, body: { note: '{{ inputs.note }}' } },
  ...(next && { next }),
});
const publish = (steps: object[], rest: object = {}): Promise<string> =>
  client.publish(`Control ${++published}`, { format: 1, steps, ...rest });
const execute = async (workflowId: string, body: object = {}): Promise<string> => {
  const started = await client.post<{ id: string }>(`/workflows/${workflowId}/execute`, body);
  expect([started.status, started.body]).toEqual([202, expect.anything()]);
  return started.body.id;
};
const begin = async (steps: object[], rest: object = {}): Promise<string> => execute(await publish(steps, rest));
const view = async (id: string): Promise<Row> => (await client.get<Row>(`/executions/${id}`)).body;
const becomes = async (id: string, status: string): Promise<Row> => {
  await eventually(async () => expect((await view(id)).status).toBe(status), SOON_MS);
  return view(id);
};
const ask = async <Body = Record<string, never>>(path: string, body: object = {}, status = 202): Promise<Body> => {
  const answer = await client.post<Body>(path, body);
  expect([path, answer.status, answer.body]).toEqual([path, status, expect.anything()]);
  return answer.body;
};
const callsOf = (path: string): number => sink.calls.filter((each) => each.path === path).length;
const approvalOf = (executionId: string): Promise<{ id: string; status: string }> =>
  eventually(async () => {
    const { body } = await client.get<{ data: { id: string; status: string }[] }>(
      `/approvals?executionId=${executionId}`,
    );
    if (!body.data[0]) throw new Error('nobody is asked yet');
    return body.data[0];
  }, SOON_MS);

describe('Control over HTTP', () => {
  it('cancels within five seconds what does not listen, and its sub-workflow', async () => {
    const inner = await client.post<{ id: string; key: string }>('/workflows', {
      name: 'Inner',
      definition: { format: 1, steps: [call('slow', undefined, '/slow')] },
    });
    await client.post(`/workflows/${inner.body.id}/publish`);
    const id = await begin([{ id: 'sub', type: 'sub_workflow', config: { workflow: inner.body.key } }]);
    await eventually(() => expect(callsOf('/slow')).toBe(1), SOON_MS);
    const asked = Date.now();
    await ask(`/executions/${id}/cancel`, { reason: 'enough' });
    await becomes(id, 'cancelled');
    const child = async (): Promise<string | undefined> =>
      (await client.get<{ data: Row[] }>(`/executions?workflowId=${inner.body.id}`)).body.data[0]?.status;
    await eventually(async () => expect(await child()).toBe('cancelled'), SOON_MS);
    expect(Date.now() - asked).toBeLessThan(5_000);
  });

  it('pauses and resumes, and keeps a signal that comes early, if it fits', async () => {
    const schema = { type: 'object', properties: { amount: { type: 'number' } }, required: ['amount'] };
    const id = await begin([
      { id: 'gate', type: 'wait_for_signal', config: { name: 'go' }, next: ['paid'] },
      { id: 'paid', type: 'wait_for_signal', config: { name: 'paid', schema } },
    ]);
    const refused = await client.post(`/executions/${id}/signals/paid`, { payload: { amount: 'much' } });
    expect([refused.status, refused.body]).toMatchObject([422, { errors: [{ path: 'payload.amount' }] }]);
    await ask(`/executions/${id}/signals/paid`, { payload: { amount: 7 } });
    await ask(`/executions/${id}/pause`);
    await becomes(id, 'paused');
    await ask(`/executions/${id}/signals/go`);
    await ask(`/executions/${id}/resume`);
    expect((await becomes(id, 'completed')).output).toEqual({ paid: { amount: 7 } });
  });

  it('retries what failed and reruns from a step, says before what happens again, and does nothing else again', async () => {
    broken.add('/second');
    const workflowId = await publish([call('first', ['second']), call('second', ['third']), call('third')]);
    const id = await execute(workflowId, { inputs: { note: 'one' } });
    await becomes(id, 'failed');
    broken.clear();
    const preview = await client.get<{ repeats: object[] }>(`/executions/${id}/retry/preview`);
    expect([preview.status, preview.body]).toMatchObject([
      200,
      { adopted: 1, repeats: [{ path: 'second', type: 'http_request', sideEffect: 'keyed', status: 'failed' }] },
    ]);
    const retried = await client.post<{ id: string }>(`/executions/${id}/retry`);
    expect(retried.headers.get('location')).toBe(`/api/v1/executions/${retried.body.id}`);
    expect(await becomes(retried.body.id, 'completed')).toMatchObject({ rerunOf: id, inputs: { note: 'one' } });
    expect(['/first', '/second', '/third'].map(callsOf)).toEqual([1, 2, 1]);
    const more = { fromStep: 'third', version: 'latest', inputs: { note: 'two' } };
    const again = await client.post<object>(`/executions/${retried.body.id}/rerun/preview`, more);
    expect([again.status, again.body]).toMatchObject([200, { adopted: 2, repeated: 1 }]);
    const rerun = await ask<{ id: string }>(`/executions/${retried.body.id}/rerun`, more);
    await becomes(rerun.id, 'completed');
    expect(['/first', '/second', '/third'].map(callsOf)).toEqual([1, 2, 2]);
    expect(JSON.parse(sink.calls.findLast((each) => each.path === '/third')?.body ?? '')).toEqual({ note: 'two' });
    expect((await client.post(`/executions/${rerun.id}/retry`)).status).toBe(409);
    expect((await client.get(`/executions/${rerun.id}/rerun/preview?fromStep=third&version=1`)).status).toBe(200);
  });

  it('asks people by list and by a link that works once, without an account', async () => {
    const form = { type: 'object', properties: { amount: { type: 'integer' } }, required: ['amount'] };
    const steps = [
      { id: 'ask', type: 'approval', config: { title: 'Pay?', form, timeout: '1h', defaultDecision: 'rejected' } },
    ];
    const workflowId = await publish(steps);
    const [one, other] = [await execute(workflowId), await execute(workflowId)];
    const approval = await approvalOf(one);
    expect((await client.post(`/approvals/${approval.id}/decide`, { decision: 'approved' })).status).toBe(422);
    await ask(`/approvals/${approval.id}/decide`, { decision: 'approved', data: { amount: 5 } }, 200);
    expect((await client.post(`/approvals/${approval.id}/decide`, { decision: 'rejected' })).status).toBe(409);
    expect((await becomes(one, 'completed')).output).toMatchObject({
      ask: { decision: 'approved', data: { amount: 5 } },
    });

    const link = await ask<{ path: string }>(`/approvals/${(await approvalOf(other)).id}/links`, {}, 201);
    const anybody = new Anybody(system.url);
    expect((await anybody.get(link.path)).body).toMatchObject({ title: 'Pay?', decisions: ['approved', 'rejected'] });
    const decide = () => anybody.post(link.path, { decision: 'approved', data: { amount: 6 } });
    expect((await Promise.all([decide(), decide(), decide()])).map(({ status }) => status).sort()).toEqual([
      200, 409, 409,
    ]);
    await becomes(other, 'completed');
    expect((await anybody.get(link.path.slice(0, -3) + 'AAA')).status).toBe(404);
    expect((await anybody.get(`/approvals/${approval.id}`)).status).toBe(401);
    const stranger = (await anybody.register('Stranger')).client;
    expect((await stranger.get(`/approvals/${approval.id}`)).status).toBe(404);
  });

  it('ends what takes too long and tells the workflow of settings.onFailure, once', async () => {
    const alarm = await client.post<{ id: string; key: string }>('/workflows', {
      name: 'Alarm',
      definition: { format: 1, steps: [{ id: 'told', type: 'transform', config: { value: '{{ inputs.status }}' } }] },
    });
    await client.post(`/workflows/${alarm.body.id}/publish`);
    const id = await begin([NAP], { settings: { timeout: '1s', onFailure: { workflow: alarm.body.key } } });
    await becomes(id, 'timed_out');
    const alarms = async (): Promise<Row[]> =>
      (await client.get<{ data: Row[] }>(`/executions?workflowId=${alarm.body.id}`)).body.data;
    const [started] = await eventually(async () => {
      const rows = await alarms();
      expect(rows).toMatchObject([{ status: 'completed', trigger: { type: 'on_failure', id } }]);
      return rows;
    }, SOON_MS);
    expect((await view(started?.id ?? '')).output).toEqual({ told: 'timed_out' });
    expect(await alarms()).toHaveLength(1);
  });

  it('cancels and retries many by a filter, with progress', async () => {
    broken.add('/many');
    const workflowId = await publish([NAP, call('many')]);
    const ids = await Promise.all(Array.from({ length: 12 }, () => execute(workflowId)));
    for (const id of ids) await becomes(id, 'failed');
    broken.clear();
    const finished = async (action: string, status: string): Promise<object> => {
      const accepted = await client.post<{ id: string }>(`/executions/bulk/${action}`, {
        filter: { workflowId, status },
      });
      expect(accepted.status).toBe(202);
      return eventually(async () => {
        const { body } = await client.get((accepted.headers.get('location') ?? '').replace('/api/v1', ''));
        expect(body['status']).toBe('completed');
        return body;
      }, SOON_MS);
    };
    expect(await finished('retry', 'failed')).toMatchObject({ total: 12, succeeded: 12, failed: 0 });
    const list = async (status: string): Promise<number> =>
      (await client.get<{ data: Row[] }>(`/executions?workflowId=${workflowId}&status=${status}`)).body.data.length;
    await eventually(async () => expect(await list('waiting')).toBe(12), SOON_MS);
    expect(await finished('cancel', 'waiting')).toMatchObject({ total: 12, succeeded: 12, skipped: 0 });
    await eventually(async () => expect(await list('cancelled')).toBe(12), SOON_MS);
    expect((await client.post('/executions/bulk/cancel', {})).status).toBe(422);
  });
});

describe('Test runs over HTTP', () => {
  it('run a draft with pinned outputs up to a step, and a step alone; production lists leave them out', async () => {
    const { body } = await client.post<{ id: string }>('/workflows', {
      name: 'Draft',
      definition: {
        format: 1,
        steps: [
          call('fetch', ['sum'], '/draft'),
          { id: 'sum', type: 'transform', config: { value: '{{ steps.fetch.output.n + 1 }}' }, next: ['last'] },
          call('last', undefined, '/draft'),
        ],
      },
    });
    const partly = { version: 'draft', pins: { fetch: { n: 41 } }, until: 'sum' };
    const ran = await client.post<Row>(`/workflows/${body.id}/execute?wait=20s`, partly);
    expect([ran.status, ran.body]).toMatchObject([200, { status: 'completed', output: 42, test: true }]);
    const alone = await client.post<Row>(`/workflows/${body.id}/steps/sum/test?wait=20s`, {
      pins: { fetch: { n: 1 } },
    });
    expect([alone.status, alone.body]).toMatchObject([200, { status: 'completed', output: 2, test: true }]);
    expect(callsOf('/draft')).toBe(0);
    expect((await client.post(`/workflows/${body.id}/steps/none/test`)).status).toBe(422);
    const listed = async (query: string): Promise<number> =>
      (await client.get<{ data: Row[] }>(`/executions?workflowId=${body.id}${query}`)).body.data.length;
    expect([await listed(''), await listed('&test=true')]).toEqual([0, 2]);
  });
});

describe('What was answered with 2xx', () => {
  it('happens after every process was killed at that moment', async () => {
    const waiting = await publish([{ id: 'go', type: 'wait_for_signal', config: { name: 'go' } }]);
    const [cancelled, signalled, paused] = await Promise.all([execute(waiting), execute(waiting), execute(waiting)]);
    const asked = await begin([{ id: 'ask', type: 'approval', config: { title: 'Go on?' } }]);
    broken.add('/late');
    const failed = await begin([call('late')]);
    await becomes(failed, 'failed');
    broken.clear();
    const many = await publish([NAP]);
    const napping = await Promise.all(Array.from({ length: 5 }, () => execute(many)));
    const approval = await approvalOf(asked);
    for (const id of [cancelled, signalled, paused, asked]) await becomes(id, 'waiting');

    const [, , , , retried, bulk] = await Promise.all([
      ask(`/executions/${cancelled}/cancel`),
      ask(`/executions/${signalled}/signals/go`, { payload: 'now' }),
      ask(`/executions/${paused}/pause`),
      ask(`/approvals/${approval.id}/decide`, { decision: 'approved' }, 200),
      ask<{ id: string }>(`/executions/${failed}/retry`),
      ask<{ id: string }>('/executions/bulk/cancel', { filter: { workflowId: many } }),
    ]);
    await system.kill();
    system = await launchSystem({ like: system, env: { EGRESS_ALLOW: sink.address } });

    await becomes(cancelled, 'cancelled');
    expect((await becomes(signalled, 'completed')).output).toEqual({ go: 'now' });
    await becomes(paused, 'paused');
    expect((await becomes(asked, 'completed')).output).toMatchObject({ ask: { decision: 'approved' } });
    await becomes(retried.id, 'completed');
    for (const id of napping) await becomes(id, 'cancelled');
    await eventually(async () => {
      const { body } = await client.get(`/executions/bulk/${bulk.id}`);
      expect(body).toMatchObject({ status: 'completed', processed: 5 });
    }, SOON_MS);
  }, 150_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Platform } from './platform.js';
import { WorkflowsPeer } from './workflows-peer.js';

let platform: Platform;
let workflows: WorkflowsPeer;
const tokens: Record<string, string> = {};
const HELLO = { format: 1, steps: [{ id: 'hi', type: 'log', config: { message: 'hi' } }] };

beforeAll(async () => {
  platform = await Platform.start();
  await platform.startExecutions();
  workflows = new WorkflowsPeer(await platform.connectAs('workflows'));
  tokens['owner'] = await platform.tokenOf('owner');
  tokens['editor'] = await platform.tokenOf('editor');
  tokens['stranger'] = await platform.tokenOf('owner', { id: randomUUID(), slug: 'others' });
}, 60_000);
afterAll(() => platform?.stop());

const send = (method: string, path: string, body?: object, who = 'owner') =>
  platform.fetch(method, `/api/v1/organization${path}`, body, { authorization: `Bearer ${tokens[who]}` });

describe('retention over HTTP', () => {
  it('has policies for the organization and its workflows', async () => {
    const workflowId = workflows.publish(HELLO);
    expect((await send('GET', '/retention')).body).toEqual({
      organization: { days: null, logsDays: null },
      workflows: [],
    });
    expect((await send('PUT', '/retention', { days: 90, logsDays: 30 })).status).toBe(200);
    await send('PUT', '/retention', { days: 60 });
    await send('PUT', `/retention/workflows/${workflowId}`, { days: null });
    expect((await send('GET', '/retention')).body).toEqual({
      organization: { days: 60, logsDays: null },
      workflows: [{ workflowId, days: null, logsDays: null }],
    });
    expect((await send('GET', '/retention', undefined, 'stranger')).body).toMatchObject({ workflows: [] });
    expect((await send('DELETE', `/retention/workflows/${workflowId}`)).status).toBe(204);
    expect((await send('GET', '/retention')).body).toMatchObject({ workflows: [] });
    const preview = await send('GET', '/retention/preview?days=1');
    expect(preview.body).toEqual({ executions: 0, held: 0, workflows: [], oldest: null });
  });

  it('has legal holds', async () => {
    const placed = await send('POST', '/legal-holds', { reason: 'Case 2026-17', workflowId: workflows.publish(HELLO) });
    expect(placed.status).toBe(201);
    expect((await send('GET', '/legal-holds')).body['data']).toEqual([placed.body]);
    const path = `/legal-holds/${String(placed.body['id'])}`;
    expect((await send('DELETE', path, undefined, 'stranger')).status).toBe(404);
    expect((await send('DELETE', path)).status).toBe(204);
    expect((await send('GET', '/legal-holds')).body['data']).toEqual([]);
    expect((await send('POST', '/legal-holds', { reason: 'x', executionId: randomUUID() })).status).toBe(404);
  });

  it.each<[string, string, object, number]>([
    ['PUT', '/retention', { days: 0 }, 422],
    ['PUT', '/retention', { days: 1, workflowId: randomUUID() }, 422],
    ['PUT', '/retention', {}, 422],
    ['POST', '/legal-holds', { reason: '' }, 422],
    ['POST', '/legal-holds', { reason: 'x', workflowId: randomUUID(), executionId: randomUUID() }, 422],
  ])('refuses %s %s %j', async (method, path, body, status) => {
    expect((await send(method, path, body)).status).toBe(status);
  });

  it('is changed by those alone who may change the settings', async () => {
    expect((await send('PUT', '/retention', { days: 1 }, 'editor')).status).toBe(403);
    expect((await send('POST', '/legal-holds', { reason: 'x' }, 'editor')).status).toBe(403);
  });
});

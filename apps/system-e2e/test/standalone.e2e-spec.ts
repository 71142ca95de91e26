import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, type ExecutionRow } from '../src/client.js';
import { GREETING } from '../src/definitions.js';
import { launchSystem, proportionalMemory, removeData, type System } from '../src/launch-system.js';
import { doMainJob, shopResponds } from '../src/main-job.js';
import { startSink, type Sink } from '../src/sink.js';

describe('the system in one process', () => {
  let system: System;
  let shop: Sink;

  beforeAll(async () => {
    shop = await startSink(shopResponds);
    system = await launchSystem({ env: { EGRESS_ALLOW: shop.address } });
  });

  afterAll(async () => {
    await system.stop();
    await shop.close();
    removeData(system);
  });

  it('does the main job: register, workflow, publish, execute, every step with its output, journal in order', async () => {
    await doMainJob(system.url, shop);
  });

  it('refuses bad input with problem details, all faults at once', async () => {
    const { client } = await new Client(system.url).register('Bad');
    const notJson = await client.send('POST', '/workflows', '{"name": ');
    expect(notJson.status).toBe(400);
    expect(notJson.headers.get('content-type')).toContain('application/problem+json');

    const faulty = await client.post<{ errors: { path: string; code: string }[] }>('/workflows', {
      name: 'Faulty',
      definition: {
        format: 1,
        steps: [
          { id: 'a', type: 'nope', next: ['b'] },
          { id: 'b', type: 'transform', config: { value: '{{ 1 + }}' }, next: ['a', 'missing'] },
          { id: 'b', type: 'log', config: { message: 'twice' } },
        ],
      },
    });
    expect(faulty.status).toBe(422);
    const codes = faulty.body.errors.map((fault) => fault.code);
    expect(faulty.body.errors.length).toBeGreaterThanOrEqual(5);
    expect(faulty.body.errors.every((fault) => fault.path.length > 0)).toBe(true);
    expect(new Set(codes).size).toBeGreaterThanOrEqual(5);
  });

  it('answers 401 without a token and 404 for the workflow of another organization', async () => {
    const anonymous = new Client(system.url);
    expect((await anonymous.get('/workflows')).status).toBe(401);
    const one = await anonymous.register('One');
    const two = await anonymous.register('Two');
    const id = await one.client.publish('Mine', GREETING);
    const foreign = await two.client.get(`/workflows/${id}`);
    expect(foreign.status).toBe(404);
    expect(foreign.headers.get('content-type')).toContain('application/problem+json');
    expect((await two.client.post(`/workflows/${id}/execute`, { inputs: {} })).status).toBe(404);
    expect((await two.client.get('/workflows/not-an-id')).status).toBe(404);
  });

  it('takes a workflow written in YAML', async () => {
    const { client } = await new Client(system.url).register('Yaml');
    const yaml = [
      'name: Written in YAML',
      'definition:',
      '  format: 1',
      '  steps:',
      '    - { id: greet, type: transform, config: { value: "{{ 6 * 7 }}" } }',
    ].join('\n');
    const created = await client.send<{ id: string }>('POST', '/workflows', yaml, {
      'content-type': 'application/yaml',
    });
    expect(created.status).toBe(201);
    expect((await client.post(`/workflows/${created.body.id}/publish`)).status).toBe(200);
    const run = await client.post<ExecutionRow>(`/workflows/${created.body.id}/execute?wait=20s`, { inputs: {} });
    expect([run.body.status, JSON.stringify(run.body.output)]).toEqual(['completed', '{"greet":42}']);
  });

  it('starts one run for one Idempotency-Key', async () => {
    const { client } = await new Client(system.url).register('Once');
    const id = await client.publish('Once', GREETING);
    const key = { 'idempotency-key': 'the-same' };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client.post<{ id: string }>(`/workflows/${id}/execute`, { inputs: {} }, key)),
    );
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const other = await client.post(`/workflows/${id}/execute`, { inputs: { orderId: 'x' } }, key);
    expect(other.status).toBe(422);
  });

  it('refuses private addresses unless a hole is opened', async () => {
    const { client } = await new Client(system.url).register('Egress');
    const id = await client.publish('Egress', {
      format: 1,
      steps: [{ id: 'call', type: 'http_request', config: { method: 'GET', url: 'http://169.254.169.254/latest/' } }],
    });
    const run = await client.post<ExecutionRow>(`/workflows/${id}/execute?wait=20s`, { inputs: {} });
    expect([run.body.status, run.body.steps[0]?.error?.code]).toEqual(['failed', 'egress_denied']);
  });

  it('documents itself', async () => {
    const document = await new Client(system.url).get<{ openapi: string; paths: Record<string, unknown> }>(
      '/../../docs/openapi.json',
    );
    expect(document.body.openapi).toMatch(/^3\.1/);
    expect(Object.keys(document.body.paths)).toContain('/api/v1/workflows');
  });

  it('keeps to its memory', () => {
    const mib = proportionalMemory(system.processes());
    process.stdout.write(`ready in ${Math.round(system.startedInMs)} ms, process tree ${Math.round(mib)} MiB (PSS)\n`);
    expect(mib).toBeGreaterThan(50);
    expect(mib).toBeLessThanOrEqual(450);
  });
});

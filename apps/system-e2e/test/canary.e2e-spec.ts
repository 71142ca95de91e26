import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SERVICES } from '@rpa/contracts';
import { filesOf, find, type Straw } from '../src/canary/haystack.js';
import { Canaries, plantAccess, plantCredentials } from '../src/canary/plant.js';
import { must } from '../src/authorization/organization.js';
import { Client, type Answer, type ExecutionRow } from '../src/client.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';
import { startSink, type Sink } from '../src/sink.js';

const canaries = new Canaries();
const answers: Answer<unknown>[] = [];
let system: System;
/** Gives back whatever it was sent, as a careless API does; under `/fail` with a 400. */
let echo: Sink;
let collector: Sink;
let owner: Client;

beforeAll(async () => {
  echo = await startSink((call) =>
    call.path.startsWith('/token')
      ? { status: 200, body: { access_token: canaries.send('oauth_token'), token_type: 'Bearer', expires_in: 3600 } }
      : {
          status: call.path.startsWith('/fail') ? 400 : 200,
          body: { path: call.path, headers: call.headers, body: call.body },
        },
  );
  collector = await startSink(() => ({ status: 200, body: {} }));
  system = await launchSystem({
    mode: 'services',
    env: {
      EGRESS_ALLOW: echo.address,
      LOG_LEVEL: 'trace',
      LOG_FORMAT: 'json',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      ANTHROPIC_API_KEY: canaries.send('anthropic'),
      ANTHROPIC_BASE_URL: `${echo.url}/fail`,
    },
  });
}, 120_000);

afterAll(async () => {
  await system.stop();
  await Promise.all([echo.close(), collector.close()]);
  removeData(system);
});

/** A run for each credential that succeeds, and one that fails with the server's echo in its error. */
async function useCredentials(keys: string[]): Promise<void> {
  const steps = keys.flatMap((key) =>
    ['ok', 'fail'].map((how) => ({
      id: `${how}_${key}`,
      type: 'http_request',
      config: { method: 'POST', url: `${echo.url}/${how}`, body: { hello: 'world' } },
      credential: key,
      onError: { action: 'continue' },
    })),
  );
  const workflow = await owner.publish('Echo', { format: 1, steps });
  const run = await owner.post<ExecutionRow>(`/workflows/${workflow}/execute?wait=50s`, { inputs: {} });
  answers.push(run);
  expect(run.body.status).toBe('completed');
  const statuses = run.body.steps.map((step) => `${step.id}: ${step.status}`);
  expect(statuses.filter((line) => /^ok_.*: completed$/.test(line))).toHaveLength(keys.length);
  expect(statuses.filter((line) => /^fail_.*: failed$/.test(line))).toHaveLength(keys.length);
  for (const what of ['', '/journal?limit=1000', '/logs', '/steps'])
    answers.push(await owner.get(`/executions/${run.body.id}${what}`));
}

async function metricsOf(): Promise<Straw[]> {
  const first = Number(new URL(system.url).port) + 1;
  return Promise.all(
    SERVICES.map(async (service, index) => {
      const answer = await fetch(`http://127.0.0.1:${first + index}/metrics`);
      expect(answer.status).toBe(200);
      return { place: `metrics of ${service}`, bytes: Buffer.from(await answer.text()) };
    }),
  );
}

describe('fifty secrets', () => {
  it('go where they belong', async () => {
    const anonymous = new Client(system.url);
    const password = canaries.send('password');
    const person = { firstName: 'Ada', lastName: 'Tester', organizationName: 'Canaries' };
    const email = `canary-${Date.now()}@example.com`;
    const account = await must<{ accessToken: string; refreshToken: string }>(
      anonymous.post('/auth/register', { email, password, ...person }),
      201,
    );
    owner = anonymous.as(canaries.made('owner_access', account.accessToken));
    canaries.made('owner_refresh', account.refreshToken);
    await useCredentials(await plantCredentials(owner, canaries, `${echo.url}/token`));
    answers.push(...(await plantAccess(anonymous, owner, canaries)));
    answers.push(await owner.post('/ai/ask', { prompt: 'Hello' }));
    const hooked = await owner.publish('Hooked', {
      format: 1,
      steps: [{ id: 'hi', type: 'log', config: { message: 'hi' } }],
    });
    for (const name of ['hook_one', 'hook_two']) {
      const config = { path: name, secrets: [canaries.send(name)] };
      answers.push(await owner.post('/triggers', { workflowId: hooked, name, type: 'webhook', config }));
    }
    for (const path of [
      '/credentials',
      '/triggers',
      '/api-keys',
      '/invitations',
      '/audit-logs',
      '/organization/oidc-providers',
    ])
      answers.push(await owner.get(path));
    expect(canaries.all.size).toBeGreaterThanOrEqual(50);
    // They were really used, not lost on the way.
    const used = [...canaries.sent].filter(([name]) => /^(header|bearer|query)_|^oauth_token$/.test(name));
    const calls = JSON.stringify(echo.calls.map(({ path, headers }) => [path, headers]));
    expect(used.filter(([, secret]) => !calls.includes(secret)).map(([name]) => name)).toEqual([]);
  }, 120_000);

  it('stand in no answer but the one that shows them once', () => {
    const straws = answers.map(({ status, body, headers }, index) => ({
      place: `answer ${index} (${status})`,
      bytes: Buffer.from(JSON.stringify([body, [...headers]])),
    }));
    expect(straws.length).toBeGreaterThan(20);
    expect(find(canaries.all, straws)).toEqual([]);
  });

  it('stand in no log line, trace or metric', async () => {
    await waitFor(
      () => collector.calls.length > 3,
      30_000,
      () => 'No traces came.',
    );
    const traces = collector.calls.map(({ path, body }) => ({ place: `trace ${path}`, bytes: Buffer.from(body) }));
    expect(system.output().length).toBeGreaterThan(1_000);
    const logs = { place: 'logs', bytes: Buffer.from(system.output()) };
    expect(find(canaries.all, [logs, ...traces, ...(await metricsOf())])).toEqual([]);
  }, 60_000);

  it('stand nowhere on the disk: tables, write-ahead log, streams, files', async () => {
    await system.stop();
    const straws = [...filesOf(system.dataDir, ['secrets'])];
    expect(straws.some(({ place }) => /pg_wal/.test(place))).toBe(true);
    expect(straws.some(({ place }) => /^nats/.test(place))).toBe(true);
    // What is looked for would be found: the address of the one who registered is there.
    const known = new Map([['the e-mail address', 'canary-']]);
    expect(find(known, straws).length).toBeGreaterThan(0);
    expect(find(canaries.all, straws)).toEqual([]);
  }, 60_000);
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  announceStepTypes,
  TASK_SUBJECTS,
  type AnnounceStepTypesRequest,
  type StepTask,
  type TaskResult,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { eventually, testNats } from '@rpa/testing';
import { start } from '../src/start.js';
import { workerConfig } from '../src/worker.config.js';
import { startApiServer, type ApiServer } from './api-server.js';

describe('worker', () => {
  const secrets = makeSecrets();
  const pool = 'worker_e2e';
  let owner: Bus;
  let workflows: Bus;
  let api: ApiServer;
  let worker: RunningService;
  const announced: AnnounceStepTypesRequest[] = [];

  const connectAs = (service: 'executions' | 'workflows') => {
    const { url, user, password } = testNats(service);
    return connectBus({ service, servers: [url], user, password });
  };

  beforeAll(async () => {
    [owner, workflows, api] = await Promise.all([connectAs('executions'), connectAs('workflows'), startApiServer()]);
    const { url, password } = testNats('worker');
    worker = await start(
      workerConfig.load({
        ...secretsEnvironment(secrets, 'worker'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        WORKER_PORT: '0',
        WORKER_POOL: pool,
        EGRESS_ALLOW: api.host,
        LOG_LEVEL: 'silent',
      }),
    );
  });
  afterAll(async () => {
    await worker.stop();
    await Promise.all([owner.close(500), workflows.close(500), api.close()]);
  });

  it('is ready once the catalog has its step types, told in its own signed name', async () => {
    expect((await worker.readiness()).checks['catalog']).toMatchObject({ ok: false });
    const identity = await Identity.load({
      service: 'workflows',
      identityKey: secrets.identityKeys.workflows,
      trustedKeys: secrets.trustedKeys,
    });
    workflows.subscribe(announceStepTypes.subject, (body, msg) => {
      void identity.principal(msg.headers?.get('rpa-principal') ?? '').then((principal) => {
        if (principal.kind === 'service' && principal.service === 'worker') announced.push(body as never);
        msg.respond(encodeBody({}));
      });
    });
    await eventually(async () => expect((await worker.readiness()).status).toBe('ready'), 10_000);
    expect(announced[0]?.types.map(({ type }) => type)).toEqual(['http_request', 'noop']);
  }, 15_000);

  it('calls an API for a task', async () => {
    api.answerWith(() => ({ headers: { 'content-type': 'application/json' }, body: '{"id":7}' }));
    const executionId = randomUUID();
    const task: StepTask = {
      executionId,
      organizationId: randomUUID(),
      path: 'fetch',
      attempt: 1,
      delivery: 1,
      owner: 'replica',
      type: 'http_request',
      typeVersion: 1,
      config: { method: 'POST', url: `${api.origin}/orders`, body: { sku: 'A-1' } },
      timeoutMs: 5_000,
      sideEffect: 'keyed',
      idempotencyKey: `${executionId}:fetch`,
    };
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const subject = TASK_SUBJECTS.direct(pool, 'http_request');
    const result = (await owner.ask(subject, task, 5_000, { traceparent })) as TaskResult;
    owner.publish(TASK_SUBJECTS.worker(result.worker), { kind: 'ack', tasks: [result] });
    expect(result.outcome).toMatchObject({ status: 'completed', output: { status: 200, body: { id: 7 } } });
    expect(api.seen[0]?.headers).toMatchObject({
      'idempotency-key': task.idempotencyKey,
      traceparent: expect.stringContaining('0af7651916cd43dd8448eb211c80319c') as unknown,
    });
  });

  it('does not leave the installation but by the public internet', async () => {
    const executionId = randomUUID();
    const subject = TASK_SUBJECTS.direct(pool, 'http_request');
    const result = (await owner.ask(
      subject,
      {
        executionId,
        organizationId: randomUUID(),
        path: 'fetch',
        attempt: 1,
        delivery: 1,
        owner: 'replica',
        type: 'http_request',
        typeVersion: 1,
        config: { method: 'GET', url: 'http://127.0.0.1:4222/' },
        timeoutMs: 5_000,
        sideEffect: 'idempotent',
        idempotencyKey: `${executionId}:fetch`,
      } satisfies StepTask,
      5_000,
    )) as TaskResult;
    owner.publish(TASK_SUBJECTS.worker(result.worker), { kind: 'ack', tasks: [result] });
    expect(result.outcome).toMatchObject({ status: 'failed', error: { code: 'egress_denied', retryable: false } });
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  announceStepTypes,
  askClaude,
  getAiStatus,
  SYSTEM_ROLES,
  TASK_SUBJECTS,
  type AnnounceStepTypesRequest,
  type JsonObject,
  type Permission,
  type ServiceName,
  type StepTask,
  type TaskResult,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { eventually, testNats } from '@rpa/testing';
import { aiConfig } from '../src/ai.config.js';
import { start } from '../src/start.js';
import { startMessagesApi, type MessagesApi } from './messages-api.js';

describe('ai', () => {
  const secrets = makeSecrets();
  const announced: AnnounceStepTypesRequest[] = [];
  let api: MessagesApi;
  let gateway: Bus;
  let owner: Bus;
  let workflows: Bus;
  let ai: RunningService;

  const connectAs = (service: ServiceName) => {
    const { url, user, password } = testNats(service);
    return connectBus({ service, servers: [url], user, password });
  };
  const launch = (more: Record<string, string>) => {
    const { url, password } = testNats('ai');
    return start(
      aiConfig.load({
        ...secretsEnvironment(secrets, 'ai'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        AI_PORT: '0',
        LOG_LEVEL: 'silent',
        ANTHROPIC_BASE_URL: api.origin,
        ...more,
      }),
    );
  };
  const user = async (permissions: readonly Permission[] = SYSTEM_ROLES.editor) => {
    const keys = { identityKey: secrets.identityKeys.auth, trustedKeys: secrets.trustedKeys };
    const auth = await Identity.load({ service: 'auth', ...keys });
    const who = { userId: randomUUID(), organization: { id: randomUUID(), slug: 'acme' }, roles: [], permissions };
    return { principal: await auth.signUser(who, 600) };
  };
  const runStep = async (config: JsonObject, timeoutMs = 20_000): Promise<TaskResult> => {
    const executionId = randomUUID();
    const task: StepTask = {
      executionId,
      organizationId: randomUUID(),
      path: 'ask',
      attempt: 1,
      delivery: 1,
      owner: 'replica',
      type: 'ai_ask',
      typeVersion: 1,
      config,
      timeoutMs,
      sideEffect: 'idempotent',
      idempotencyKey: `${executionId}:ask`,
    };
    const result = (await owner.ask(TASK_SUBJECTS.direct('ai', 'ai_ask'), task, 25_000)) as TaskResult;
    owner.publish(TASK_SUBJECTS.worker(result.worker), { kind: 'ack', tasks: [result] });
    return result;
  };

  beforeAll(async () => {
    [api, gateway, owner, workflows] = await Promise.all([
      startMessagesApi(),
      connectAs('gateway'),
      connectAs('executions'),
      connectAs('workflows'),
    ]);
    workflows.subscribe(announceStepTypes.subject, (body, msg) => {
      announced.push(body as AnnounceStepTypesRequest);
      msg.respond(encodeBody({}));
    });
    ai = await launch({ ANTHROPIC_API_KEY: api.key });
  });
  afterAll(async () => {
    await ai.stop();
    await Promise.all([gateway.close(500), owner.close(500), workflows.close(500), api.close()]);
  });
  beforeEach(() => {
    Object.assign(api, { answer: 'Sofia', delayMs: 0 });
    api.seen.length = 0;
    api.failures.length = 0;
  });

  it('tells what is configured, never the key', async () => {
    const status = await gateway.request(getAiStatus, {}, await user());
    expect(status).toEqual({ configured: true, model: 'claude-sonnet-5-5', host: new URL(api.origin).host });
  });

  it('is ready once its step type is in the catalog', async () => {
    await eventually(async () => expect((await ai.readiness()).status).toBe('ready'), 5_000);
    expect(announced[0]).toMatchObject({ source: 'ai', types: [{ type: 'ai_ask', pool: 'ai' }] });
  });

  it('asks on the wire as the API wants it, and answers with text and usage', async () => {
    const request = { prompt: 'Capital?', system: 'Be brief.', model: 'claude-opus-5-5', maxTokens: 100 };
    expect(await gateway.request(askClaude, request, await user())).toEqual({
      text: 'Sofia',
      model: 'claude-opus-5-5',
      usage: { inputTokens: 8, outputTokens: 5 },
      stopReason: 'end_turn',
    });
    expect(api.seen).toHaveLength(1);
    expect(api.seen[0]).toMatchObject({ method: 'POST', path: '/v1/messages', headers: { 'x-api-key': api.key } });
    expect(api.seen[0]?.headers['anthropic-version']).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(api.seen[0]?.body).toEqual({
      model: 'claude-opus-5-5',
      max_tokens: 100,
      system: 'Be brief.',
      messages: [{ role: 'user', content: 'Capital?' }],
    });
  });

  it('sends a temperature by the version of the API that takes one', async () => {
    await gateway.request(askClaude, { prompt: 'x', temperature: 0.2, model: 'claude-haiku-4-5' }, await user());
    expect(api.seen[0]?.body).toMatchObject({ temperature: 0.2, max_tokens: 8_192 });
  });

  it.each([
    [{ status: 400, type: 'invalid_request_error', message: 'too long' }, 'validation_failed', undefined],
    [{ status: 404, type: 'not_found_error', message: 'model: claude-none' }, 'validation_failed', undefined],
    [{ status: 401, type: 'authentication_error', message: 'invalid sk-ant' }, 'upstream_failed', undefined],
    [{ status: 429, type: 'rate_limit_error', message: 'slow', headers: { 'retry-after': '17' } }, 'rate_limited', 17],
    [{ status: 529, type: 'overloaded_error', message: 'busy', headers: { 'retry-after': '3' } }, 'overloaded', 3],
    [{ status: 500, type: 'api_error', message: 'oops' }, 'upstream_failed', undefined],
  ])('maps %j', async (failure, code, retryAfter) => {
    api.failures.push(failure);
    const work = gateway.request(askClaude, { prompt: 'x' }, await user());
    await expect(work).rejects.toMatchObject({ code, ...(retryAfter && { retryAfter }) });
    const { message } = (await work.catch((error: unknown) => error)) as Error;
    expect(message).toContain(String(failure.status));
    if (failure.status === 400) expect(message).toContain('too long');
    expect(message).not.toContain('sk-ant');
    expect(api.seen).toHaveLength(1);
  });

  it('refuses bad requests and people without the permission', async () => {
    const bad = { prompt: '', maxTokens: 0, temperature: 3, model: 'a b' };
    const refused = {
      code: 'validation_failed',
      errors: expect.arrayContaining([expect.objectContaining({ path: 'model' })]) as never,
    };
    await expect(gateway.request(askClaude, bad, await user())).rejects.toMatchObject(refused);
    await expect(gateway.request(askClaude, { prompt: 'x' }, await user([]))).rejects.toMatchObject({
      code: 'forbidden',
    });
    expect(api.seen).toEqual([]);
  });

  it('runs as a step', async () => {
    const result = await runStep({ prompt: 'Capital?' });
    expect(result.outcome).toMatchObject({ status: 'completed', output: { text: 'Sofia', stopReason: 'end_turn' } });
  });

  it('waits as long as Claude asks before the step tries again', async () => {
    api.failures.push({ status: 429, type: 'rate_limit_error', message: 'slow', headers: { 'retry-after': '1' } });
    const started = Date.now();
    expect((await runStep({ prompt: 'x' })).outcome.status).toBe('completed');
    expect(Date.now() - started).toBeGreaterThanOrEqual(950);
    expect(api.seen).toHaveLength(2);
  });

  it.each([
    [{ status: 400, type: 'invalid_request_error', message: 'too long' }, 'ai_request_refused', false],
    [{ status: 401, type: 'authentication_error', message: 'no' }, 'ai_key_refused', false],
    [{ status: 429, type: 'rate_limit_error', message: 'slow' }, 'ai_rate_limited', true],
    [{ status: 529, type: 'overloaded_error', message: 'busy' }, 'ai_overloaded', true],
  ])(
    'fails the step for %j',
    async (failure, code, retryable) => {
      api.failures.push(failure, failure, failure);
      expect((await runStep({ prompt: 'x' })).outcome).toMatchObject({ status: 'failed', error: { code, retryable } });
    },
    15_000,
  );

  it('ends a step whose time is over', async () => {
    api.delayMs = 3_000;
    const started = Date.now();
    const { outcome } = await runStep({ prompt: 'x' }, 300);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'timeout', retryable: true } });
    expect(Date.now() - started).toBeLessThan(2_000);
  });

  it('says that it is not configured, and what to do', async () => {
    await ai.stop();
    ai = await launch({});
    expect(await gateway.request(getAiStatus, {}, await user())).toMatchObject({ configured: false });
    await expect(gateway.request(askClaude, { prompt: 'x' }, await user())).rejects.toMatchObject({
      code: 'not_configured',
      message: expect.stringContaining('ANTHROPIC_API_KEY') as unknown,
    });
    expect((await runStep({ prompt: 'x' })).outcome).toMatchObject({
      status: 'failed',
      error: {
        code: 'ai_not_configured',
        retryable: false,
        message: expect.stringContaining('ANTHROPIC_API_KEY') as unknown,
      },
    });
    expect(api.seen).toEqual([]);
  });

  it('names a server that cannot be reached', async () => {
    await ai.stop();
    ai = await launch({ ANTHROPIC_API_KEY: api.key, ANTHROPIC_BASE_URL: 'http://127.0.0.1:1' });
    await expect(gateway.request(askClaude, { prompt: 'x' }, await user())).rejects.toMatchObject({
      code: 'upstream_failed',
      message: 'Claude cannot be reached.',
    });
  });
});

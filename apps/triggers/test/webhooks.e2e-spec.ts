import { createHmac } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  AppError,
  createTrigger,
  disableTrigger,
  enableTrigger,
  getTrigger,
  listCaptures,
  listFires,
  openCapture,
  receiveWebhook,
  updateTrigger,
  type CommandDefinition,
  type ReceiveWebhookReply,
  type ReceiveWebhookRequest,
  type TriggerView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { Webhook } from 'standardwebhooks';
import { TriggersService, type Person } from './triggers-service.js';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let triggers: TriggersService;
let ada: Person;
beforeAll(async () => {
  triggers = await TriggersService.start();
  await triggers.startExecutions();
  await triggers.startVault();
  ada = await triggers.person();
});
afterAll(() => triggers.stop());
beforeEach(() => {
  triggers.refuseStarts = null;
  triggers.startAnswers = null;
});

async function send<Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  body: NoInfer<Request>,
  as: Person = ada,
): Promise<Reply> {
  return (await triggers.bus('gateway')).request(command, body, { principal: as.token });
}
const create = (config: object = {}, more: object = {}) =>
  send(createTrigger, {
    workflowId: triggers.workflow(),
    name: 'Hook',
    type: 'webhook',
    config: config as never,
    ...more,
  });
const keyOf = (trigger: TriggerView) => /hooks\/([\w-]+)/.exec(trigger.url ?? '')?.[1] ?? '';

/** Sends as the gateway does: without anybody's name. */
async function post(trigger: TriggerView, body: string | Buffer, more: Partial<ReceiveWebhookRequest> = {}) {
  const { pathname } = new URL(trigger.url ?? '');
  const request: ReceiveWebhookRequest = {
    key: keyOf(trigger),
    path: pathname.split('/').slice(3).join('/'),
    method: 'POST',
    query: '',
    address: '203.0.113.7',
    body: Buffer.from(body).toString('base64'),
    ...more,
    headers: { 'content-type': 'application/json', ...more.headers },
  };
  return (await triggers.bus('gateway')).request(receiveWebhook, request);
}
const parsed = (reply: ReceiveWebhookReply) => JSON.parse(reply.body ?? 'null') as Record<string, unknown>;
const startsOf = ({ id }: TriggerView) => triggers.started.filter((start) => start.trigger?.id === id);
const outcomes = async ({ id }: TriggerView) =>
  (await send(listFires, { id, limit: 200 })).data.map((fire) => fire.outcome);

function signed(body: string, id = 'msg_1', at = new Date()): Record<string, string> {
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
    'webhook-signature': new Webhook(SECRET).sign(id, at, body),
  };
}

describe('a webhook', () => {
  it('has a URL with an unguessable key, and keeps its secrets in the vault', async () => {
    const trigger = await create({ path: 'orders/new', secrets: [SECRET], signature: 'standard' });
    expect(trigger).toMatchObject({ secretSet: true, config: { path: 'orders/new', signature: 'standard' } });
    expect(trigger.url).toMatch(/^http:\/\/localhost:3000\/hooks\/[\w-]{32}\/orders\/new$/);
    expect(JSON.stringify(trigger)).not.toContain(SECRET);
    expect([...triggers.credentials.values()].map((credential) => credential.data)).toContainEqual({
      secrets: [SECRET],
    });
    const { rows } = await triggers.service.app
      .get(Database, { strict: false })
      .pool.query<{ text: string }>('SELECT row_to_json(t)::text AS text FROM triggers.triggers t');
    expect(rows.map((row) => row.text).join()).not.toContain(SECRET.slice(6));
    expect((await create()).secretSet).toBe(false);
  });

  it('starts the workflow and answers with its execution', async () => {
    const trigger = await create({ path: 'orders' });
    const reply = await post(trigger, '{"id":"A-1"}', { query: 'a=1&b=2' });
    expect(reply.status).toBe(202);
    const [start] = startsOf(trigger);
    expect(parsed(reply)).toMatchObject({ executionId: start?.executionId });
    expect(start).toMatchObject({
      inputs: { id: 'A-1' },
      trigger: { type: 'webhook', payload: { id: 'A-1' }, method: 'POST', path: 'orders', query: { a: '1', b: '2' } },
    });
    expect(await outcomes(trigger)).toEqual(['fired']);
  });

  it('has one canonical path below its key', async () => {
    const trigger = await create({ path: 'Orders/New' });
    for (const path of ['orders/new', '/orders//new/', '/./ORDERS/new', '/orders/%6eew', 'orders/./new'])
      expect((await post(trigger, '{}', { path })).status).toBe(202);
    for (const path of ['', 'orders', 'orders/new/x', '%2e%2e/orders/new', '../orders/new', 'orders%2fnew', '%zz'])
      await expect(post(trigger, '{}', { path })).rejects.toMatchObject({ code: 'not_found' });
    await expect(post(trigger, '{}', { key: 'x'.repeat(32) })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('takes its methods and addresses only, up to its limit', async () => {
    const trigger = await create({
      methods: ['PUT'],
      allowFrom: ['203.0.113.0/24', '2001:db8::/32'],
      maxBodyBytes: 10,
    });
    expect(await post(trigger, '{}')).toMatchObject({ status: 405, headers: { allow: 'PUT' } });
    const put = (more: object = {}, body = '{}') => post(trigger, body, { method: 'PUT', ...more });
    expect((await put()).status).toBe(202);
    expect((await put({ address: '::ffff:203.0.113.9' })).status).toBe(202);
    await expect(put({ address: '198.51.100.1' })).rejects.toMatchObject({ code: 'forbidden' });
    await expect(put({}, '{"long":"body"}')).rejects.toMatchObject({ code: 'too_large' });
    expect((await outcomes(trigger)).sort()).toEqual(['fired', 'fired', 'rejected', 'rejected', 'rejected']);
  });

  it('reads any content type', async () => {
    const trigger = await create();
    const payloadOf = async (body: string | Buffer, type: string): Promise<unknown> => {
      await post(trigger, body, { headers: { 'content-type': type } });
      return startsOf(trigger).at(-1)?.trigger?.payload;
    };
    expect(await payloadOf('{"a":1}', 'application/vnd.api+json; charset=utf-8')).toEqual({ a: 1 });
    expect(await payloadOf('a=1&b=x%20y&b=z', 'application/x-www-form-urlencoded')).toEqual({
      a: '1',
      b: ['x y', 'z'],
    });
    expect(await payloadOf('<a>1</a>', 'application/xml')).toBe('<a>1</a>');
    expect(await payloadOf('hello', 'text/plain')).toBe('hello');
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    expect(await payloadOf(bytes, 'image/png')).toEqual({ contentType: 'image/png', base64: bytes.toString('base64') });
    expect(await payloadOf('{"__proto__":{"polluted":true},"a":1}', 'application/json')).toEqual({ a: 1 });
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    for (const bad of ['{"a":NaN}', '{"a":1}garbage', '['.repeat(100_000), Buffer.from([0xff, 0xfe])])
      await expect(post(trigger, bad)).rejects.toMatchObject({ code: 'invalid_json' });
  });

  it('lets pages of the allowed origins send', async () => {
    const trigger = await create({ allowOrigins: ['https://shop.example'] });
    const preflight = await post(trigger, '', { method: 'OPTIONS', headers: { origin: 'https://shop.example' } });
    expect(preflight).toMatchObject({
      status: 204,
      headers: { 'access-control-allow-origin': 'https://shop.example' },
    });
    const other = await post(trigger, '{}', { headers: { origin: 'https://evil.example' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it.each([
    ['a signature without a secret', { signature: 'github' }, 'config.secrets'],
    ['an unknown signature', { signature: 'md5', secrets: ['12345678'] }, 'config.signature'],
    ['a range that is none', { allowFrom: ['everywhere'] }, 'config.allowFrom[0]'],
    ['a path with dots', { path: '../x' }, 'config.path'],
    ['a broken dedupe', { dedupe: '{{ 1 + }}' }, 'config.dedupe'],
    ['a wait that is too long', { respondWithin: '5m' }, 'config.respondWithin'],
  ])('refuses %s', async (_what, config, path) => {
    await expect(create(config)).rejects.toMatchObject({
      code: 'validation_failed',
      errors: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });
});

describe('signatures', () => {
  it('are asked for, and checked over the raw bytes', async () => {
    const trigger = await create({ secrets: [SECRET], signature: 'standard' });
    const body = '{ "raw" :  1 }';
    await expect(post(trigger, body)).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(post(trigger, '{"raw":1}', { headers: signed(body) })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    const old = signed(body, 'msg_old', new Date(Date.now() - 360_000));
    await expect(post(trigger, body, { headers: old })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await post(trigger, body, { headers: signed(body) })).status).toBe(202);
    expect(startsOf(trigger)).toHaveLength(1);
  });

  it('are rotated, and removed', async () => {
    const trigger = await create({ secret: 'first secret', signature: 'hex' });
    const sign = (secret: string) => ({ 'x-signature': createHmac('sha256', secret).update('{}').digest('hex') });
    const works = async (secret: string) => (await post(trigger, '{}', { headers: sign(secret) })).status;
    expect(await works('first secret')).toBe(202);
    const { id } = trigger;
    const both = await send(updateTrigger, {
      id,
      revision: 1,
      config: { secrets: ['first secret', 'second secret'], signature: 'hex' },
    });
    expect(both.secretSet).toBe(true);
    expect([await works('first secret'), await works('second secret')]).toEqual([202, 202]);
    // A config without secrets leaves them as they are.
    await send(updateTrigger, { id, revision: 2, config: { signature: 'hex' } });
    expect(await works('second secret')).toBe(202);
    await send(updateTrigger, { id, revision: 3, config: { secrets: ['second secret'], signature: 'hex' } });
    await expect(works('first secret')).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(
      send(updateTrigger, { id, revision: 4, config: { secrets: [], signature: 'hex' } }),
    ).rejects.toMatchObject({
      code: 'validation_failed',
    });
    expect(await send(updateTrigger, { id, revision: 4, config: { secrets: [] } })).toMatchObject({ secretSet: false });
    expect((await post(trigger, '{}')).status).toBe(202);
  });

  it('whose secrets are gone from the vault make the trigger say so', async () => {
    const trigger = await create({ secret: 'gone soon', signature: 'hex' });
    for (const [id, { key }] of triggers.credentials) if (key.endsWith(trigger.id)) triggers.credentials.delete(id);
    await expect(post(trigger, '{}')).rejects.toMatchObject({ code: 'credential_refused' });
    expect((await send(getTrigger, { id: trigger.id })).problem).toMatchObject({ code: 'credential_broken' });
  });
});

describe('the same request again', () => {
  it('gets the first answer, and starts nothing', async () => {
    const trigger = await create({ secrets: [SECRET] });
    const headers = signed('{}', 'msg_same');
    const first = await post(trigger, '{}', { headers });
    expect(await post(trigger, '{}', { headers })).toEqual(first);
    expect(startsOf(trigger)).toHaveLength(1);
    expect(await outcomes(trigger)).toEqual(['deduplicated', 'fired']);
    const github = { headers: { 'x-github-delivery': '72d3162e' } };
    expect(await post(await create(), '{}', github)).not.toEqual(first);
  });

  it('is known by an expression', async () => {
    const trigger = await create({ dedupe: '{{ trigger.payload.id }}' });
    const first = await post(trigger, '{"id":7,"n":1}');
    expect(await post(trigger, '{"id":7,"n":2}')).toEqual(first);
    expect(await post(trigger, '{"id":8}')).not.toEqual(first);
    expect(startsOf(trigger)).toHaveLength(2);
  });

  it('sent a hundred times at once to three replicas starts one run, and all get the same answer', async () => {
    const others = [await triggers.startReplica(), await triggers.startReplica()];
    triggers.startTakesMs = 150;
    const trigger = await create();
    const replies = await Promise.all(
      Array.from({ length: 100 }, () => post(trigger, '{"n":1}', { headers: { 'webhook-id': 'msg_hundred' } })),
    );
    triggers.startTakesMs = 0;
    expect(new Set(replies.map((reply) => JSON.stringify(reply))).size).toBe(1);
    expect(replies[0]).toMatchObject({ status: 202 });
    expect(parsed(replies[0] as ReceiveWebhookReply)['executionId']).toBe(startsOf(trigger)[0]?.executionId);
    expect(startsOf(trigger)).toHaveLength(1);
    for (const replica of others) await triggers.stopReplica(replica);
  }, 30_000);
});

describe('answers', () => {
  const view = (status: string, output: unknown) => ({ execution: { status, output, error: null } }) as never;

  it('come from the last step', async () => {
    const trigger = await create({ respond: 'last_step' });
    triggers.startAnswers = () => view('completed', { total: 3 });
    const reply = await post(trigger, '{}', { headers: { 'webhook-id': 'last' } });
    expect([reply.status, parsed(reply)]).toEqual([200, { total: 3 }]);
    expect(startsOf(trigger)[0]).toMatchObject({ waitMs: 30_000 });
    triggers.startAnswers = () => view('completed', { total: 4 });
    expect(await post(trigger, '{}', { headers: { 'webhook-id': 'last' } })).toEqual(reply);
    triggers.startAnswers = () => view('completed', null);
    expect((await post(trigger, '{}')).status).toBe(204);
    triggers.startAnswers = () => view('failed', null);
    expect((await post(trigger, '{}')).status).toBe(500);
    triggers.startAnswers = () => ({ status: 'running' });
    const late = await post(trigger, '{}');
    expect([late.status, Object.keys(parsed(late))]).toEqual([202, ['eventId', 'executionId']]);
  });

  it('come from a respond step', async () => {
    const trigger = await create({ respond: 'respond_step', respondWithin: '5s' });
    triggers.startAnswers = () => ({ response: { status: 418, headers: { 'X-Pot': 'tea' }, body: { short: true } } });
    const reply = await post(trigger, '{}');
    expect(reply).toMatchObject({ status: 418, headers: { 'x-pot': 'tea' }, body: '{"short":true}' });
    expect(startsOf(trigger)[0]).toMatchObject({ waitMs: 5_000, hasWaiter: true });
    triggers.startAnswers = () => view('completed', { ignored: true });
    expect((await post(trigger, '{}')).status).toBe(204);
  });

  it('say that the workflow is broken, and that the request is kept; sent again after the fix it starts', async () => {
    const trigger = await create();
    triggers.refuseStarts = () => new AppError('workflow_not_published');
    const headers = { 'webhook-id': 'broken' };
    const refused = await post(trigger, '{"id":1}', { headers });
    expect([refused.status, parsed(refused)['code']]).toEqual([409, 'workflow_not_published']);
    expect(parsed(refused)['detail']).toMatch(/is kept as event/);
    expect((await send(getTrigger, { id: trigger.id })).problem).toMatchObject({ code: 'workflow_unpublished' });
    triggers.refuseStarts = null;
    const accepted = await post(trigger, '{"id":1}', { headers });
    expect(accepted.status).toBe(202);
    expect(await post(trigger, '{"id":1}', { headers })).toEqual(accepted);
    expect(startsOf(trigger)).toHaveLength(1);
    expect((await send(getTrigger, { id: trigger.id })).problem).toBeNull();
  });

  it('are 202 when the request is safe and nobody answers for the workflow yet', async () => {
    const trigger = await create();
    triggers.refuseStarts = () => new AppError('overloaded');
    const reply = await post(trigger, '{}');
    expect([reply.status, parsed(reply)['outcome']]).toEqual([202, 'pending']);
    triggers.refuseStarts = null;
    await eventually(async () => expect(await outcomes(trigger)).toEqual(['fired']), 10_000);
  });

  it('tell that the trigger is disabled', async () => {
    const trigger = await create();
    await send(disableTrigger, { id: trigger.id });
    await expect(post(trigger, '{}')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/disabled/),
    });
    await send(enableTrigger, { id: trigger.id });
    expect((await post(trigger, '{}')).status).toBe(202);
    expect(await outcomes(trigger)).toEqual(['fired', 'skipped']);
  });
});

describe('the test URL', () => {
  it('shows the next requests, with what would become of them, and starts nothing', async () => {
    const trigger = await create({ secret: 'a secret of mine', signature: 'hex' });
    const { id } = trigger;
    const test = (body: string | Buffer) => post(trigger, body, { test: true, headers: { authorization: 'Bearer x' } });
    await expect(test('{}')).rejects.toMatchObject({ code: 'not_found' });
    const opened = await send(openCapture, { id, count: 2 });
    expect(opened).toMatchObject({ remaining: 2, testUrl: trigger.testUrl });
    expect((await test('{"n":1}')).status).toBe(202);
    await test(Buffer.from([0xff]));
    await expect(test('{"n":3}')).rejects.toMatchObject({ code: 'not_found' });
    const { data, remaining } = await send(listCaptures, { id });
    expect(remaining).toBe(0);
    expect(data).toEqual([
      expect.objectContaining({ body: '/w==', encoding: 'base64' }),
      expect.objectContaining({
        body: '{"n":1}',
        encoding: 'utf8',
        method: 'POST',
        verdict: { code: 'unauthenticated', message: expect.any(String) },
      }),
    ]);
    expect(data[0]?.headers).not.toHaveProperty('authorization');
    expect(startsOf(trigger)).toEqual([]);
    const stranger = await triggers.person('other');
    await expect(send(listCaptures, { id }, stranger)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('too many open events', () => {
  it('are answered with 503 and lose nothing that was accepted', async () => {
    const small = await TriggersService.start({ MAX_OPEN_EVENTS: '5' });
    try {
      await small.startExecutions();
      const bob = await small.person();
      const bus = await small.bus('gateway');
      const trigger = await bus.request(
        createTrigger,
        { workflowId: small.workflow(), name: 'Hook', type: 'webhook' },
        { principal: bob.token },
      );
      small.refuseStarts = () => new AppError('overloaded');
      const request = { key: keyOf(trigger), path: '', method: 'POST', query: '', headers: {}, address: '::1' };
      let accepted = 0;
      let refusal: unknown = null;
      for (let turn = 0; turn < 500 && !refusal; turn++)
        await bus.request(receiveWebhook, request).then(
          () => accepted++,
          (error: unknown) => (refusal = error),
        );
      expect(refusal).toMatchObject({ code: 'overloaded', retryAfter: 5 });
      expect(accepted).toBeGreaterThanOrEqual(5);
      small.refuseStarts = null;
      await eventually(() => expect(small.started).toHaveLength(accepted), 20_000);
    } finally {
      await small.stop();
    }
  }, 60_000);
});

import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, cancelExecution, getExecution, listExecutions, startExecution } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import { createLogger, Metrics, ServiceDoor } from '@rpa/platform';
import { route } from '../src/http/define-route.js';
import { Platform } from './platform.js';

const ID = '0198c1f0-0000-7000-8000-000000000001';
const OTHER = '0198c1f0-0000-7000-8000-000000000002';
const MIB = 1024 * 1024;
const PROBLEM = 'application/problem+json';

const ROUTES = {
  executions: [
    route({ method: 'GET', path: '/executions', command: listExecutions }),
    route({ method: 'GET', path: '/executions/{id}', command: getExecution, etag: () => 7 }),
    route({ method: 'POST', path: '/executions/{id}/cancel', command: cancelExecution, status: 202 }),
    route({ method: 'DELETE', path: '/executions/{id}', command: cancelExecution, status: 204 }),
    route({
      method: 'PUT',
      path: '/workflows/{id}',
      command: cancelExecution,
      ifMatch: true,
      request: ({ params }) => ({ id: params['id'] ?? '' }),
    }),
    route({
      method: 'POST',
      path: '/workflows',
      command: startExecution,
      status: 201,
      location: (reply) => `/executions/${reply.id}`,
      hidden: ['dedupe', 'hasWaiter'],
    }),
  ],
};

let platform: Platform;
let authorization: Record<string, string>;
/** What the service behind the gateway got last, and what it throws. */
let seen: { request: object; context: MessageContext };
let failure: Error | null = null;

beforeAll(async () => {
  platform = await Platform.start({ ALLOWED_ORIGINS: 'https://app.example.com', REQUEST_TIMEOUT_MS: '1000' }, ROUTES);
  authorization = { authorization: `Bearer ${await platform.tokenOf('owner')}` };
  const bus = await platform.connectAs('executions');
  const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });
  const door = new ServiceDoor(await platform.identity('executions'), logger, new Metrics('executions'), null);
  for (const command of [listExecutions, getExecution, cancelExecution, startExecution])
    bus.responder.handle(command, door, (request, context) => {
      seen = { request, context };
      if (failure) throw failure;
      return command.example.reply;
    });
});
afterAll(() => platform.stop());

const get = (path: string, headers = {}) => platform.get(`/api/v1${path}`, { ...authorization, ...headers });
const post = (path: string, body: unknown, headers = {}) =>
  platform.post(`/api/v1${path}`, body, { ...authorization, ...headers });
const put = (path: string, body: unknown, headers = {}) =>
  platform.fetch('PUT', `/api/v1${path}`, body, { ...authorization, ...headers });

describe('answers', () => {
  it('creates with 201 and Location, deletes with 204, acts asynchronously with 202', async () => {
    const created = await post('/workflows', { workflowId: ID });
    expect(created).toMatchObject({ status: 201, body: { status: 'pending' } });
    expect(created.headers.get('location')).toBe(`/api/v1/executions/${startExecution.example.reply.id}`);
    expect(await platform.fetch('DELETE', `/api/v1/executions/${ID}`, undefined, authorization)).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await post(`/executions/${ID}/cancel`, undefined)).toMatchObject({ status: 202 });
  });

  it('passes lists on with their cursor, and numbers of the query as numbers', async () => {
    const { status, body } = await get('/executions?limit=20&status=completed');
    expect({ status, body }).toEqual({ status: 200, body: listExecutions.example.reply });
    expect(seen.request).toMatchObject({ limit: 20, status: 'completed' });
  });

  it('answers HEAD like GET, without the body', async () => {
    const head = await platform.fetch('HEAD', `/api/v1/executions/${ID}`, undefined, authorization);
    expect({ status: head.status, text: head.text, etag: head.headers.get('etag') }).toEqual({
      status: 200,
      text: '',
      etag: '"7"',
    });
    expect((await platform.fetch('HEAD', `/api/v1/executions/${ID}`)).status).toBe(401);
  });

  it('keeps API answers out of caches', async () => {
    expect((await get('/executions')).headers.get('cache-control')).toBe('no-store');
  });
});

describe('what goes with a command', () => {
  it('hands on who asks, the Idempotency-Key, the request id and the trace, and returns the last two', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const headers = { 'idempotency-key': 'order-1', 'x-request-id': 'req-1', traceparent, 'user-agent': 'tests' };
    const answer = await post('/workflows', { workflowId: ID }, headers);
    expect(seen.context).toMatchObject({
      principal: { kind: 'user', organizationSlug: 'acme', roles: ['owner'] },
      idempotencyKey: 'order-1',
      requestId: 'req-1',
      client: { address: '127.0.0.1', userAgent: 'tests' },
    });
    expect(seen.context.traceparent).toContain('0af7651916cd43dd8448eb211c80319c');
    expect(answer.headers.get('x-request-id')).toBe('req-1');
    expect(answer.headers.get('traceparent')).toBe(traceparent);
  });

  it.each([
    ['x-request-id', 'a b'],
    ['x-request-id', 'x'.repeat(129)],
    ['traceparent', '00-00000000000000000000000000000000-b7ad6b7169203331-01'],
    ['traceparent', '00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01'],
    ['traceparent', 'nonsense'],
  ])('replaces %s: %s', async (name, value) => {
    const answer = await get('/executions', { [name]: value });
    expect(answer.headers.get(name)).not.toBe(value);
    expect(answer.headers.get(name)).toMatch(/^[\w.-]{16,}$/);
  });

  it('gives an error the trace id of its request', async () => {
    const traceparent = '00-11111111111111111111111111111111-2222222222222222-01';
    const { body } = await get('/executions/unknown', { traceparent });
    expect(body['traceId']).toBe('1'.repeat(32));
  });

  it('refuses an Idempotency-Key that cannot be one, and uses it on POST only', async () => {
    for (const key of ['x'.repeat(256), 'two words'])
      expect(await post('/workflows', { workflowId: ID }, { 'idempotency-key': key })).toMatchObject({ status: 422 });
    await get('/executions', { 'idempotency-key': 'k' });
    expect(seen.context.idempotencyKey).toBeNull();
  });

  it('ignores X-Forwarded-For of whom it does not trust', async () => {
    await get('/executions', { 'x-forwarded-for': '203.0.113.9' });
    expect(seen.context.client?.address).toBe('127.0.0.1');
  });
});

describe('preconditions', () => {
  it('returns the ETag, and 304 to who has it', async () => {
    expect((await get(`/executions/${ID}`)).headers.get('etag')).toBe('"7"');
    expect(await get(`/executions/${ID}`, { 'if-none-match': '"7"' })).toMatchObject({ status: 304, text: '' });
    expect(await get(`/executions/${ID}`, { 'if-none-match': '"6"' })).toMatchObject({ status: 200 });
  });

  it('answers 428 without If-Match, 412 for an ETag that is none or stale', async () => {
    expect(await put(`/workflows/${ID}`, {})).toMatchObject({ status: 428, body: { code: 'precondition_required' } });
    expect(await put(`/workflows/${ID}`, {}, { 'if-match': 'W/"1"' })).toMatchObject({ status: 412 });
    failure = new AppError('stale');
    // The service behind does not know revisions, so it is asked for another route.
    expect(await post(`/executions/${ID}/cancel`, {})).toMatchObject({ status: 412, body: { code: 'stale' } });
    failure = null;
  });
});

describe('errors', () => {
  const expectProblem = (answer: Awaited<ReturnType<typeof get>>, status: number, code: string): void => {
    expect(answer.headers.get('content-type')).toContain(PROBLEM);
    expect(answer).toMatchObject({
      status,
      body: { type: `urn:rpa:error:${code}`, status, code, title: expect.any(String), detail: expect.any(String) },
    });
    expect(answer.body['traceId']).toMatch(/^[0-9a-f]{32}$/);
  };

  it.each([
    '/api/v1/nothing',
    '/api/v2/executions',
    '/nothing',
    '/api/v1',
    '/docs/assets/package.json',
    '/%2e%2e/etc/passwd',
  ])('answers 404 for %s', async (path) => expectProblem(await platform.get(path, authorization), 404, 'not_found'));

  it.each(['1', '../auth/me', 'x'.repeat(300), "';--"])('answers 404 for the malformed id %s', async (id) => {
    expectProblem(await get(`/executions/${encodeURIComponent(id)}`), 404, 'not_found');
  });

  it('answers 405 with Allow for a method that a path does not take', async () => {
    const answer = await platform.fetch('PATCH', `/api/v1/executions/${ID}`, {}, authorization);
    expectProblem(answer, 405, 'method_not_allowed');
    expect(answer.headers.get('allow')).toBe('GET, DELETE, HEAD');
  });

  it.each([
    ['{"a":NaN}', 'invalid_json'],
    ['{"a":1}garbage', 'invalid_json'],
    ['{"workflowId":', 'invalid_json'],
    ['{"__proto__":{"polluted":true}}', 'invalid_json'],
    [Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), 'bad_request'],
    ['['.repeat(100_000), 'bad_request'],
  ])('answers 400 for the body %#', async (body, code) => {
    expectProblem(await post('/workflows', body), 400, code);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(['null', '[]', '"text"', '1'])('answers 422 for the body %s', async (body) => {
    expectProblem(await post('/workflows', body), 422, 'validation_failed');
  });

  it('answers 422 with the path of every unknown, hidden or wrong field', async () => {
    const answer = await post('/workflows', { workflowId: ID, priority: 99, nonsense: 1 });
    expectProblem(answer, 422, 'validation_failed');
    const paths = (answer.body['errors'] as { path: string }[]).map((fault) => fault.path).sort();
    expect(paths).toEqual(['nonsense', 'priority']);
    const hidden = await post('/workflows', { workflowId: ID, dedupe: { source: 'a', key: 'b' } });
    expect(hidden).toMatchObject({ status: 422, body: { errors: [{ path: 'dedupe', code: 'unknown_field' }] } });
  });

  it('answers 422 for a limit out of range and a parameter that does not exist', async () => {
    expectProblem(await get('/executions?limit=1000000000'), 422, 'validation_failed');
    expectProblem(await get('/executions?nonsense=1'), 422, 'validation_failed');
  });

  it('answers 413 beyond the limit of a route, which is larger for workflows', async () => {
    const text = (size: number) => ({ workflowId: ID, inputs: { text: 'x'.repeat(size) } });
    expectProblem(await post(`/executions/${ID}/cancel`, text(MIB)), 413, 'too_large');
    expect((await post('/workflows', text(5 * MIB))).status).toBe(201);
    expectProblem(await post('/workflows', text(6 * MIB)), 413, 'too_large');
  });

  it('answers 415 for what is neither JSON nor (where it may be) YAML, and for packed bodies', async () => {
    const send = (path: string, type: string) => post(path, 'reason: x', { 'content-type': type });
    const plain = await send('/workflows', 'text/plain');
    expectProblem(plain, 415, 'unsupported_media_type');
    expect(plain.body).toMatchObject({ detail: expect.stringContaining('application/json, application/yaml') });
    expectProblem(await send('/workflows', 'multipart/form-data; boundary=x'), 415, 'unsupported_media_type');
    expectProblem(await send(`/executions/${ID}/cancel`, 'application/yaml'), 415, 'unsupported_media_type');
    const packed = await post('/workflows', gzipSync(JSON.stringify({ workflowId: ID })), {
      'content-encoding': 'gzip',
    });
    expectProblem(packed, 415, 'unsupported_media_type');
  });

  it.each([
    ['rate_limited', 429],
    ['overloaded', 503],
    ['unavailable', 503],
  ] as const)('answers %s with %d and Retry-After', async (code, status) => {
    failure = new AppError(code, undefined, { retryAfter: 2.4 });
    const answer = await get('/executions');
    failure = null;
    expectProblem(answer, status, code);
    expect(answer.headers.get('retry-after')).toBe('3');
  });

  it('says nothing about the inside when a service breaks', async () => {
    failure = new Error('secret of the inside');
    const answer = await get(`/executions/${OTHER}`);
    failure = null;
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toContain('secret');
  });
});

describe('YAML', () => {
  const yaml = `workflowId: ${ID}\ninputs:\n  orderId: A-1\n  items: [1, 2]\n`;

  it.each(['application/yaml', 'application/x-yaml', 'text/yaml', 'application/yaml; charset=utf-8'])(
    'means the same as JSON (%s)',
    async (type) => {
      expect((await post('/workflows', yaml, { 'content-type': type })).status).toBe(201);
      const fromYaml = seen.request;
      await post('/workflows', { workflowId: ID, inputs: { orderId: 'A-1', items: [1, 2] } });
      expect(fromYaml).toEqual(seen.request);
    },
  );

  it('says in which line it is wrong', async () => {
    const answer = await post('/workflows', 'a: [1,\nb: {', { 'content-type': 'application/yaml' });
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ line: expect.any(Number) }, { code: 'invalid_yaml', line: 2 }] },
    });
  });
});

describe('connections', () => {
  const raw = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect(Number(new URL(platform.gateway.url).port), '127.0.0.1', () => socket.write(text));
      let answer = '';
      socket.setTimeout(8_000, () => socket.destroy(new Error('no answer')));
      socket.on('data', (chunk) => (answer += String(chunk)));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });

  it('gives up on a body that does not come, with 408', async () => {
    const head = [
      'POST /api/v1/workflows HTTP/1.1',
      'host: x',
      `authorization: ${authorization['authorization']}`,
      'content-type: application/json',
      'content-length: 10',
    ];
    const answer = await raw(`${head.join('\r\n')}\r\n\r\n{"a"`);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain(PROBLEM);
  }, 15_000);

  it('answers what is not HTTP with a problem', async () => {
    const answer = await raw('HELLO\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain(PROBLEM);
  });

  it('answers headers that are too large with 431', async () => {
    expect(await raw(`GET / HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('browsers', () => {
  it('may read answers from allowed origins only', async () => {
    const preflight = (origin: string) =>
      platform.fetch('OPTIONS', '/api/v1/executions', undefined, { origin, 'access-control-request-method': 'GET' });
    const allowed = await preflight('https://app.example.com');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect((await preflight('https://evil.example')).headers.get('access-control-allow-origin')).toBeNull();
    const answer = await get('/executions', { origin: 'https://app.example.com' });
    expect(answer.headers.get('access-control-expose-headers')).toContain('etag');
  });

  it('get headers that protect them, on pages, answers and errors', async () => {
    for (const path of ['/', '/docs', '/api/v1/executions', '/nothing']) {
      const { headers } = await platform.get(path);
      expect(headers.get('content-security-policy')).toContain("default-src 'self'");
      expect(headers.get('content-security-policy')).not.toMatch(/script-src|unsafe-eval/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-powered-by')).toBeNull();
    }
  });

  it('find a landing page and the documentation, all from this server', async () => {
    const landing = await platform.get('/');
    expect(landing.headers.get('content-type')).toContain('text/html');
    expect(landing.text).toContain('href="/docs"');
    const docs = await platform.get('/docs');
    const assets = [...docs.text.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map((match) => match[1] ?? '');
    expect(assets).toHaveLength(3);
    for (const asset of assets) {
      const { status, headers } = await platform.get(asset);
      expect({ asset, status }).toEqual({ asset, status: 200 });
      const etag = headers.get('etag') ?? '';
      expect((await platform.get(asset, { 'if-none-match': etag })).status).toBe(304);
    }
    for (const page of [landing, docs]) expect(page.text).not.toMatch(/(src|href)="(https?:)?\/\//);
    const document = await platform.get('/docs/openapi.json');
    expect(document.body).toMatchObject({ openapi: '3.1.0', paths: { '/api/v1/executions': expect.anything() } });
  });
});

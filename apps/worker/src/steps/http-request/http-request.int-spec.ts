import { brotliCompressSync, deflateRawSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { CredentialValue, FileReference, JsonObject } from '@rpa/contracts';
import { checkConfig, createEgress, createHttpClient, toStepError, type Egress } from '@rpa/step-kit';
import { startApiServer, type ApiServer } from '../../../test/api-server.js';
import { MemoryFiles } from '../../../test/memory-files.js';
import { httpRequest } from './http-request.step.js';
import type { HttpRequestOutput } from './http-request.step.js';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

describe('http_request', () => {
  let api: ApiServer;
  let egress: Egress;
  const files = new MemoryFiles();
  beforeAll(async () => {
    api = await startApiServer();
    egress = createEgress({ allow: [api.host] });
  });
  afterAll(() => Promise.all([api.close(), egress.close()]));
  beforeEach(() => {
    api.seen.length = 0;
  });
  afterEach(() => api.answerWith(() => ({})));

  const run = async (config: JsonObject, credential: CredentialValue | null = null): Promise<HttpRequestOutput> => {
    const whole = { method: 'GET', url: `${api.origin}/`, ...config };
    checkConfig(httpRequest.config, whole);
    const output = await httpRequest.run({
      config: whole,
      credential,
      signal: new AbortController().signal,
      log: quiet,
      idempotencyKey: 'execution:path',
      heartbeat: () => undefined,
      traceparent: TRACE,
      http: createHttpClient(egress),
      files,
    });
    return output as HttpRequestOutput;
  };
  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => Promise.reject(new Error('it did not fail')),
      (error: unknown) => toStepError(error),
    );

  it('reads JSON, text and nothing by what the server says', async () => {
    api.answerWith(() => ({ headers: { 'content-type': 'application/hal+json; charset=utf-8' }, body: '{"a":[1]}' }));
    expect(await run({})).toMatchObject({ status: 200, body: { a: [1] } });
    expect(await run({ responseType: 'text' })).toMatchObject({ body: '{"a":[1]}' });
    api.answerWith(() => ({ headers: { 'content-type': 'text/plain' }, body: '{"a":1}' }));
    expect(await run({})).toMatchObject({ body: '{"a":1}' });
    expect(await run({ responseType: 'json' })).toMatchObject({ body: { a: 1 } });
    api.answerWith(() => ({ status: 204 }));
    expect(await run({})).toMatchObject({ status: 204, body: null });
  });

  it('puts a large body into a file, unpacked, with the type by which it is read', async () => {
    const items = JSON.stringify(Array.from({ length: 40_000 }, (_, id) => ({ id, name: `item ${id} ü` })));
    const answers = {
      json: { headers: { 'content-type': 'application/json' }, body: items },
      text: { headers: { 'content-type': 'text/html' }, body: items },
    };
    const saved = (output: HttpRequestOutput) => (output.body as FileReference).$file;
    for (const [name, contentType] of [
      ['json', 'application/json'],
      ['text', 'text/html'],
    ] as const) {
      api.answerWith(() => answers[name]);
      const file = saved(await run({}));
      expect(file).toMatchObject({ size: Buffer.byteLength(items), contentType });
      expect(files.contents.get(file.id)?.toString()).toBe(items);
    }
    expect(saved(await run({ responseType: 'json' })).contentType).toBe('application/json');
    for (const [encoding, pack] of Object.entries({
      gzip: gzipSync,
      br: brotliCompressSync,
      deflate: deflateRawSync,
    })) {
      const headers = { ...answers.json.headers, 'content-encoding': encoding };
      api.answerWith(() => ({ headers, body: pack(items) }));
      expect(files.contents.get(saved(await run({})).id)?.toString()).toBe(items);
      api.answerWith(() => ({ headers, body: pack(items).subarray(0, 1_000) }));
      expect(await failureOf(run({}))).toMatchObject({ code: 'http_body_unreadable', retryable: false });
      api.answerWith(() => ({ headers, body: pack('{"small":1}') }));
      expect(await run({})).toMatchObject({ body: { small: 1 } });
    }
  });

  it('makes a file of a small body when asked, and takes no more than maxBytes', async () => {
    api.answerWith(() => ({ headers: { 'content-type': 'image/png' }, body: Buffer.from([0x89, 0x50, 0xff]) }));
    const { $file } = (await run({ responseType: 'file' })).body as FileReference;
    expect(files.contents.get($file.id)).toEqual(Buffer.from([0x89, 0x50, 0xff]));
    expect($file.contentType).toBe('image/png');
    expect(await failureOf(run({ maxBytes: 2 }))).toMatchObject({ code: 'response_too_large', retryable: false });
    api.answerWith(() => ({ body: gzipSync('x'.repeat(3_000_000)), headers: { 'content-encoding': 'gzip' } }));
    expect(await failureOf(run({ maxBytes: 2_000_000 }))).toMatchObject({ code: 'response_too_large' });
    expect((await run({ maxBytes: 3_000_000 })).body).toMatchObject({ $file: { size: 3_000_000 } });
    api.answerWith(() => ({ status: 500, body: 'x'.repeat(2_000_000) }));
    expect(await failureOf(run({}))).toMatchObject({ code: 'http_status', details: { status: 500 } });
  });

  it('sends a file as it is, to the address that a redirect names too', async () => {
    const body = (await files.save([Buffer.from('a,b\n1,2\n')], 'text/csv')) as unknown as JsonObject;
    api.answerWith(({ url }) =>
      url === '/' ? { status: 307, headers: { location: `${api.origin}/moved` } } : { status: 200 },
    );
    await run({ method: 'POST', body });
    const sent = { body: 'a,b\n1,2\n', headers: { 'content-type': 'text/csv', 'content-length': '8' } };
    expect(api.seen).toMatchObject([sent, { ...sent, url: '/moved' }]);
  });

  it('sends query, headers, trace and a JSON body', async () => {
    await run({
      method: 'PUT',
      url: `${api.origin}/a?x=1`,
      query: { y: 'b c', tag: [1, true], none: null },
      headers: { 'X-Count': 3 },
      body: { a: 'ü' },
    });
    expect(api.seen[0]).toMatchObject({
      method: 'PUT',
      url: '/a?x=1&y=b+c&tag=1&tag=true',
      body: '{"a":"ü"}',
      headers: { 'x-count': '3', 'content-type': 'application/json', traceparent: TRACE },
    });
    expect(api.seen[0]?.headers['idempotency-key']).toBeUndefined();
  });

  it('sends POST and PATCH with the stable key, unless the author names one', async () => {
    await run({ method: 'POST', form: { user: 'anna', list: ['a', 'b'] } });
    await run({ method: 'PATCH', body: 'text', headers: { 'Idempotency-Key': 'own' } });
    expect(api.seen.map(({ headers, body }) => [headers['idempotency-key'], headers['content-type'], body])).toEqual([
      ['execution:path', 'application/x-www-form-urlencoded', 'user=anna&list=a&list=b'],
      ['own', 'text/plain; charset=utf-8', 'text'],
    ]);
  });

  it('applies each type of credential', async () => {
    await run({}, { type: 'bearer', data: { token: 't0ken' } });
    await run({}, { type: 'basic_auth', data: { username: 'anna', password: 'pw' } });
    await run({}, { type: 'api_key', data: { key: 'k3y' } });
    await run({}, { type: 'api_key', data: { key: 'k3y', name: 'X-Shop', in: 'header' } });
    await run({}, { type: 'api_key', data: { key: 'k 3y', name: 'token', in: 'query' } });
    const { seen } = api;
    expect(seen[0]?.headers.authorization).toBe('Bearer t0ken');
    expect(seen[1]?.headers.authorization).toBe(`Basic ${Buffer.from('anna:pw').toString('base64')}`);
    expect(seen[2]?.headers['x-api-key']).toBe('k3y');
    expect(seen[3]?.headers['x-shop']).toBe('k3y');
    expect(seen[4]?.url).toBe('/?token=k+3y');
  });

  it.each([
    [400, false],
    [404, false],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])('fails on %i (retryable: %s)', async (status, retryable) => {
    api.answerWith(() => ({
      status,
      headers: { 'retry-after': '7', 'set-cookie': 'session=abc', 'content-type': 'text/plain' },
      body: 'no '.repeat(2_000),
    }));
    const error = await failureOf(run({}));
    expect(error).toMatchObject({
      code: 'http_status',
      retryable,
      details: { status, headers: { 'retry-after': '7' } },
    });
    expect(JSON.stringify(error)).not.toContain('session=abc');
    expect((error.details as { body: string }).body).toHaveLength(2_048);
    expect(await run({ failOnStatus: false })).toMatchObject({ status });
  });

  it('keeps the details of a failure small, whatever the body holds', async () => {
    api.answerWith(() => ({ status: 500, body: '\u0001'.repeat(5_000) }));
    const error = await failureOf(run({}));
    expect(JSON.stringify(error.details).length).toBeLessThanOrEqual(4_096);
    expect(error.details).toHaveProperty('body');
  });

  it('tells apart what may help to try again', async () => {
    api.answerWith(() => ({ delayMs: 500 }));
    expect(await failureOf(run({ timeout: '100ms' }))).toMatchObject({ code: 'http_timeout', retryable: true });
    api.answerWith(() => ({ headers: { 'content-type': 'application/json' }, body: '<html>' }));
    expect(await failureOf(run({}))).toMatchObject({ code: 'http_body_unreadable', retryable: false });
    api.answerWith(() => ({ status: 302, headers: { location: 'http://169.254.169.254/' } }));
    expect(await failureOf(run({}))).toMatchObject({ code: 'egress_denied', retryable: false });
    expect(await run({ followRedirects: false })).toMatchObject({ status: 302 });
  });

  it.each([
    { headers: { Host: 'inside' } },
    { headers: { 'Transfer-Encoding': 'chunked' } },
    { headers: { 'x-a': 'a\r\nb: c' } },
    { headers: { 'a b': 'c' } },
    { method: 'GET', body: 'x' },
    { method: 'POST', body: 'x', form: { a: 'b' } },
    { method: 'TRACE' },
    { timeout: 'soon' },
    { url: 'relative/path' },
    { unknown: true },
  ] as JsonObject[])('refuses the config %j', async (config) => {
    expect(await failureOf(run(config))).toMatchObject({ code: 'config_invalid', retryable: false });
    expect(api.seen).toEqual([]);
  });
});

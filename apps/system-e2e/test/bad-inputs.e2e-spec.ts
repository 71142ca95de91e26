import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { must } from '../src/authorization/organization.js';
import { Client, type Account } from '../src/client.js';
import { launchSystem, removeData, waitFor, type System } from '../src/launch-system.js';

const WATCH = new URL('../src/prototype-watch.mjs', import.meta.url).href;
const SECRET = `whsec_${Buffer.from('a secret of the webhook, long').toString('base64')}`;
const HELLO = { format: 1, steps: [{ id: 'hi', type: 'log', config: { message: 'hi' } }] };

let system: System;
let anonymous: Client;
let owner: Client;
let account: Account & { refreshToken: string };
let workflowId: string;
let hookUrl: string;

beforeAll(async () => {
  system = await launchSystem({ env: { REQUEST_TIMEOUT_MS: '2000', NODE_OPTIONS: `--import=${WATCH}` } });
  anonymous = new Client(system.url);
  const person = { firstName: 'Ada', lastName: 'Tester', organizationName: 'Bad inputs' };
  const email = `bad-${Date.now()}@example.com`;
  account = await must(
    anonymous.post('/auth/register', { email, password: 'a long enough password 42', ...person }),
    201,
  );
  owner = anonymous.as(account.accessToken);
  workflowId = await owner.publish('Hello', HELLO);
  const config = { path: 'orders', secrets: [SECRET] };
  const trigger = await must<{ url: string }>(
    owner.post('/triggers', { workflowId, name: 'Hook', type: 'webhook', config }),
    201,
  );
  hookUrl = `${system.url}${new URL(trigger.url).pathname}`;
}, 120_000);

afterAll(async () => {
  await system.stop();
  removeData(system);
});

/** All services run in this one process: what one of them spoils, every one would see. */
afterEach(async () => {
  const before = system.output().length;
  process.kill(system.pid, 'SIGUSR2');
  const line = (): string | undefined => /Object\.prototype: (.*)/.exec(system.output().slice(before))?.[1];
  await waitFor(
    () => line() !== undefined,
    10_000,
    () => 'The process does not answer.',
  );
  expect(line()).toBe('[]');
});

async function raw(
  method: string,
  path: string,
  body: string | Uint8Array,
  headers: Record<string, string> = {},
): Promise<number> {
  const answer = await fetch(`${system.url}/api/v1${path}`, {
    method,
    body,
    headers: { authorization: `Bearer ${account.accessToken}`, 'content-type': 'application/json', ...headers },
  });
  await answer.arrayBuffer();
  return answer.status;
}

describe('json', () => {
  const start = (): string => `/workflows/${workflowId}/execute`;
  const cases: [string, () => string | Uint8Array, number[]][] = [
    ['100,000 lists in each other', () => '['.repeat(100_000) + ']'.repeat(100_000), [400]],
    ['100,000 lists in an input', () => `{"inputs":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`, [400, 422]],
    ['a million keys', () => `{${Array.from({ length: 1_000_000 }, (_, i) => `"k${i}":1`).join()}}`, [413]],
    ['100,000 keys', () => `{${Array.from({ length: 100_000 }, (_, i) => `"k${i}":1`).join()}}`, [400, 413, 422]],
    ['__proto__ at the top', () => '{"inputs":{},"__proto__":{"polluted":true}}', [400, 422]],
    ['__proto__ in an input', () => '{"inputs":{"__proto__":{"polluted":true}}}', [202, 400, 422]],
    ['constructor.prototype', () => '{"inputs":{"constructor":{"prototype":{"polluted":true}}}}', [202, 400, 422]],
    ['NaN', () => '{"inputs":{"a":NaN}}', [400]],
    ['garbage behind it', () => '{"inputs":{}}garbage', [400]],
    ['invalid UTF-8', () => Buffer.from([0xff, 0xfe, 0x7b, 0x7d]), [400]],
    ['a lone surrogate', () => '{"inputs":{"a":"\\ud800"}}', [202, 400, 422]],
    ['a NUL', () => '{"inputs":{"a":"\\u0000"}}', [202]],
  ];

  it.each(cases)('%s', async (_name, body, statuses) => {
    expect(statuses).toContain(await raw('POST', start(), body()));
  });

  it('a bomb in gzip is not inflated', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, 0x20));
    expect([413, 415]).toContain(await raw('POST', start(), bomb, { 'content-encoding': 'gzip' }));
  });

  it('XML is no JSON, and its entities are nobody’s', async () => {
    const body = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><x>&e;</x>';
    expect(await raw('POST', start(), body, { 'content-type': 'application/xml' })).toBe(415);
  });
});

describe('http', () => {
  it('a file named in JSON is an unknown field', async () => {
    const body = JSON.stringify({ name: 'x', definition: HELLO, files: { x: { filepath: '/etc/passwd' } } });
    expect(await raw('POST', '/workflows', body)).toBe(422);
  });

  it('a body that does not come is not waited for', async () => {
    const { hostname, port } = new URL(system.url);
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('close', () => resolve(text));
      socket.on('error', reject);
      socket.write('POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
      socket.write('Content-Length: 10\r\n\r\n{"a":');
    });
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
  }, 30_000);

  it('X-Forwarded-For from anybody is not believed', async () => {
    await must(
      owner.post('/api-keys', { name: 'k', scopes: ['workflows:read'] }, { 'x-forwarded-for': '6.6.6.6' }),
      201,
    );
    await waitFor(
      async () => {
        const { body } = await owner.get<{ data: { action: string; ip?: string }[] }>('/audit-logs');
        const text = JSON.stringify(body);
        expect(text).not.toContain('6.6.6.6');
        return text.includes('api_key');
      },
      10_000,
      () => 'The audit log knows nothing of the key.',
    );
  });

  it('a key that is used for another body is refused', async () => {
    const key = { 'idempotency-key': 'bad-inputs-1' };
    expect((await owner.post(`/workflows/${workflowId}/execute`, { inputs: { n: 1 } }, key)).status).toBe(202);
    expect((await owner.post(`/workflows/${workflowId}/execute`, { inputs: { n: 2 } }, key)).status).toBe(422);
  });

  it.each(['1000000000', '0', '-1', 'x', '1e9', ''])('limit=%s is refused or kept within bounds', async (limit) => {
    const { status, body } = await owner.get<{ data?: unknown[] }>(`/executions?limit=${limit}`);
    expect([200, 422]).toContain(status);
    expect(body.data?.length ?? 0).toBeLessThanOrEqual(200);
  });

  it('a stale If-Match is 412, none is 428', async () => {
    const change = { name: 'Renamed' };
    expect((await owner.send('PUT', `/workflows/${workflowId}`, change, { 'if-match': '"99"' })).status).toBe(412);
    expect((await owner.send('PUT', `/workflows/${workflowId}`, change)).status).toBe(428);
  });

  it.each(['%', '%zz', '%00', '..%2f..%2fetc', '💥', 'a'.repeat(5_000)])('an id like %s is 404 or 400', async (id) => {
    const { status } = await owner.get(`/workflows/${id.startsWith('%') ? id : encodeURIComponent(id)}`);
    expect([400, 404, 414]).toContain(status);
  });
});

describe('webhook', () => {
  const body = '{"order":1}';
  const now = (): string => String(Math.floor(Date.now() / 1000));
  const sign = (timestamp: string, id = 'msg_1', algorithm = 'sha256'): string =>
    createHmac(algorithm, Buffer.from(SECRET.slice(6), 'base64'))
      .update(`${id}.${timestamp}.${body}`)
      .digest('base64');
  const send = async (headers: Record<string, string>, url = hookUrl): Promise<number> => {
    const answer = await fetch(url, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  const signed = (timestamp: string, signature: string, id = 'msg_1') =>
    send({ 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature });

  it.each([
    ['empty', () => ''],
    ['v1 and nothing', () => 'v1,'],
    ['63 hex digits', () => 'a'.repeat(63)],
    ['of another algorithm', (t: string) => `v1,${sign(t, 'msg_1', 'sha512')}`],
    ['of another version', (t: string) => `v2,${sign(t)}`],
    ['cut short', (t: string) => `v1,${sign(t).slice(0, -4)}`],
    ['of another message', (t: string) => `v1,${sign(t, 'msg_2')}`],
  ])('a signature that is %s is 401', async (_name, make) => {
    const timestamp = now();
    expect(await signed(timestamp, make(timestamp))).toBe(401);
  });

  it.each([String(Math.floor(Date.now() / 1000) - 360), 'NaN', '1e99', '-1', '', '0x10'])(
    'the time %s is 401, whoever signed',
    async (timestamp) => {
      expect(await signed(timestamp, `v1,${sign(timestamp)}`)).toBe(401);
    },
  );

  it('the second of two signatures counts', async () => {
    const timestamp = now();
    const id = `msg_${Date.now()}`;
    expect(await signed(timestamp, `v1,${Buffer.alloc(32).toString('base64')} v1,${sign(timestamp, id)}`, id)).toBe(
      202,
    );
  });

  it('what a workflow answers has no rights on the origin of the API', async () => {
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': 'script-src *',
      'Clear-Site-Data': '"*"',
    };
    const steps = [{ id: 'page', type: 'respond', config: { status: 200, headers, body: '<script>1</script>' } }];
    const page = await owner.publish('Page', { format: 1, steps });
    const config = { methods: ['GET'], respond: 'respond_step' };
    const trigger = await must<{ url: string }>(
      owner.post('/triggers', { workflowId: page, name: 'Page', type: 'webhook', config }),
      201,
    );
    const answer = await fetch(`${system.url}${new URL(trigger.url).pathname}`);
    expect([answer.status, await answer.text()]).toEqual([200, '<script>1</script>']);
    expect(answer.headers.get('content-security-policy')).toMatch(/default-src 'none'.*sandbox/);
    expect(answer.headers.get('clear-site-data')).toBeNull();
  });

  it.each(['/hooks//orders', '/hooks/./orders', '/hooks/%2e%2e/orders', '/hooks/orders', '/hooks/ORDERS/'])(
    '%s without its key finds nothing',
    async (path) => {
      const timestamp = now();
      const headers = {
        'webhook-id': 'm',
        'webhook-timestamp': timestamp,
        'webhook-signature': `v1,${sign(timestamp, 'm')}`,
      };
      expect(await send(headers, `${system.url}${path}`)).toBe(404);
    },
  );
});

describe('data', () => {
  it.each(['?status[$where]=sleep(1000)', "?status=completed'--", '?workflowId={"$ne":null}', '?sort=id;drop table x'])(
    '%s is refused',
    async (query) => {
      expect([400, 404, 422]).toContain((await owner.get(`/executions${query}`)).status);
    },
  );

  it('a name full of quotes is a name', async () => {
    const name = `users" -- '; DROP TABLE workflows; --`;
    const id = await owner.publish(name, HELLO);
    expect((await owner.get(`/workflows/${id}`)).body['name']).toBe(name);
  });
});

describe('authz', () => {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = (): string => account.accessToken.split('.')[1] ?? '';

  it.each([
    ['of algorithm none', () => `${part({ alg: 'none', typ: 'JWT' })}.${claims()}.`],
    ['of HS256', () => `${part({ alg: 'HS256', typ: 'JWT' })}.${claims()}.${'A'.repeat(43)}`],
    ['whose key is a path', () => `${part({ alg: 'ES256', kid: '../../dev/null' })}.${claims()}.${'A'.repeat(86)}`],
    ['whose key is SQL', () => `${part({ alg: 'ES256', kid: "x' OR 1=1 --" })}.${claims()}.${'A'.repeat(86)}`],
    ['whose key is a list', () => `${part({ alg: 'ES256', kid: ['a'] })}.${claims()}.${'A'.repeat(86)}`],
  ])('a token %s is 401', async (_name, make) => {
    expect((await anonymous.as(make()).get('/auth/me')).status).toBe(401);
  });
});

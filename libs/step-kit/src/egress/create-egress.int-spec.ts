import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTripwire, type Tripwire } from '../../test/tripwire.js';
import { createHttpClient, type HttpRequest } from '../http/http-client.js';
import { StepFailure } from '../step/step-failure.js';
import { createEgress } from './create-egress.js';

const ROWS = readFileSync(join(import.meta.dirname, '../../test/corpora/ssrf-urls.txt'), 'utf8')
  .split('\n')
  .filter(Boolean);

/** What the public DNS answers to names of the corpus that lead inside. */
const INSIDE: Record<string, string[]> = {
  localhost: ['127.0.0.1', '::1'],
  'localhost.': ['127.0.0.1'],
  'sub.localhost': ['127.0.0.1'],
  'metadata.google.internal': ['169.254.169.254'],
  metadata: ['169.254.169.254'],
  'kubernetes.default.svc': ['10.96.0.1'],
  auth: ['10.0.0.7'],
  'host.docker.internal': ['172.17.0.1'],
  'rancher-metadata': ['169.254.169.250'],
  '127-0-0-1.sslip.io': ['127.0.0.1'],
  '7f000001.nip.io': ['127.0.0.1'],
  'lvh.me': ['127.0.0.1', '::1'],
  'make-1.2.3.4-rebind-127.0.0.1-rr.1u.ms': ['1.2.3.4', '127.0.0.1'],
  '7f000001.01020304.rbndr.us': ['127.0.0.1'],
};

/** Redirects, dumps and endless bodies on an address that a hole makes "outside". */
async function startRedirector(): Promise<{ server: Server; port: number; seen: { url: string; auth: unknown }[] }> {
  const seen: { url: string; auth: unknown }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://x');
    seen.push({ url: request.url ?? '', auth: request.headers.authorization });
    const to = url.searchParams.get('to') ?? '/302-loop';
    if (url.pathname === '/endless-body') {
      const timer = setInterval(() => response.write(Buffer.alloc(64 * 1024)), 1);
      response.on('close', () => clearInterval(timer));
    } else if (url.pathname === '/ok') response.end('ok');
    else response.writeHead(url.pathname.startsWith('/307') ? 307 : 302, { location: to }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.2', resolve));
  return { server, port: (server.address() as AddressInfo).port, seen };
}

describe('egress guard', () => {
  let tripwire: Tripwire;
  let redirector: Awaited<ReturnType<typeof startRedirector>>;
  let looked: string[] = [];
  let answers: Record<string, string[][]> = {};
  const resolve = async (host: string): Promise<string[]> => {
    looked.push(host);
    const found = answers[host]?.shift() ?? INSIDE[host];
    if (found) return found;
    throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
  };
  let egress: ReturnType<typeof createEgress>;
  const call = (url: string, more: Partial<HttpRequest> = {}) =>
    createHttpClient(egress)({ method: 'GET', url, timeoutMs: 3_000, maxBodyBytes: 1024 * 1024, ...more });
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      (answer) => `answered ${JSON.stringify(answer)}`,
      (error: unknown) => (error instanceof StepFailure ? error.code : String(error)),
    );

  beforeAll(async () => {
    [tripwire, redirector] = await Promise.all([startTripwire(), startRedirector()]);
    egress = createEgress({ allow: [`127.0.0.2:${redirector.port}`], resolve });
  });
  afterAll(async () => {
    await Promise.all([egress.close(), tripwire.close()]);
    redirector.server.closeAllConnections();
    redirector.server.close();
  });

  const REFUSALS = ['egress_denied', 'config_invalid', 'http_connection', 'too_many_redirects', 'response_too_large'];

  it.each(ROWS)('refuses %s before a byte is sent inside', async (row) => {
    const before = tripwire.touched();
    const url = row.replace('@@REDIR@@', `http://127.0.0.2:${redirector.port}`);
    expect(REFUSALS).toContain(await codeOf(call(url)));
    // The same once more where somebody listens.
    const aimed = aim(url, tripwire.port);
    if (aimed) expect(REFUSALS).toContain(await codeOf(call(aimed)));
    expect(tripwire.touched()).toBe(before);
  });

  it('reaches the tripwire when the guard is open, so that its silence means something', async () => {
    const open = createEgress({ allow: ['127.0.0.0/8', '::1'] });
    const before = tripwire.touched();
    for (const host of ['127.0.0.1', '127.9.9.9', '[::1]']) {
      const answer = await createHttpClient(open)({
        method: 'GET',
        url: `http://${host}:${tripwire.port}/`,
        timeoutMs: 3_000,
      });
      expect(answer.body.toString()).toBe('caught');
    }
    expect(tripwire.touched()).toBe(before + 3);
    await open.close();
  });

  it('connects to the address that it has checked, without a second look-up', async () => {
    looked = [];
    answers = { 'rebind.example': [['127.0.0.2'], ['127.0.0.1']] };
    const before = tripwire.touched();
    const answer = await call(`http://rebind.example:${redirector.port}/ok`);
    expect(answer.body.toString()).toBe('ok');
    expect(looked).toEqual(['rebind.example']);
    await egress.close();
    egress = createEgress({ allow: [`127.0.0.2:${redirector.port}`], resolve });
    expect(await codeOf(call(`http://rebind.example:${redirector.port}/ok`))).toBe('egress_denied');
    expect(tripwire.touched()).toBe(before);
  });

  it('keeps the credential on its own origin', async () => {
    redirector.seen.length = 0;
    const headers = { Authorization: 'Bearer s3cret', 'X-Shop-Key': 's3cret' };
    const own = `http://127.0.0.2:${redirector.port}`;
    await call(`${own}/302?to=/ok`, { headers });
    expect(redirector.seen.map(({ auth }) => auth)).toEqual(['Bearer s3cret', 'Bearer s3cret']);
    const other = await startRedirector();
    const open = createEgress({ allow: ['127.0.0.2'] });
    const answer = await createHttpClient(open)({
      method: 'GET',
      url: `${own}/302?to=${encodeURIComponent(`http://127.0.0.2:${other.port}/ok`)}`,
      headers,
      credentialHeaders: ['x-shop-key'],
      timeoutMs: 3_000,
    });
    expect(answer.body.toString()).toBe('ok');
    expect(other.seen).toEqual([{ url: '/ok', auth: undefined }]);
    await open.close();
    other.server.close();
  });

  it('says what to do when it refuses', async () => {
    await expect(call('http://localhost:5432/')).rejects.toMatchObject({
      code: 'egress_denied',
      retryable: false,
      message:
        "localhost leads to an address that is not public. Allow 'localhost:5432' in EGRESS_ALLOW if it is meant.",
    });
    await expect(call('http://[::1]:5432/')).rejects.toThrow("Allow '[::1]:5432' in EGRESS_ALLOW");
  });
});

function aim(url: string, port: number): string | null {
  if (!URL.canParse(url)) return null;
  const target = new URL(url);
  if (url.includes('127.0.0.2'))
    return url.replace(/127\.0\.0\.1(?=\/|$)/, `127.0.0.1:${port}`).replace('[::1]/', `[::1]:${port}/`);
  target.port = String(port);
  return target.href;
}

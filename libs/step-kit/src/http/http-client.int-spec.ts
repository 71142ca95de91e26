import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync, brotliCompressSync, deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createEgress, type Egress } from '../egress/create-egress.js';
import { createHttpClient, type HttpClient } from './http-client.js';

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

describe('HTTP client', () => {
  let server: Server;
  let origin: string;
  let egress: Egress;
  let http: HttpClient;
  let handler: Handler;
  let connections = 0;
  let seen: string[] = [];

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        seen.push(`${request.method} ${request.url}`);
        handler(request, response, Buffer.concat(chunks).toString());
      });
    }).on('connection', () => connections++);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    origin = `http://127.0.0.1:${port}`;
    egress = createEgress({ allow: [`127.0.0.1:${port}`] });
    http = createHttpClient(egress);
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(async () => {
    await egress.close();
    server.closeAllConnections();
    server.close();
  });
  const get = (path: string, more: object = {}) =>
    http({ method: 'GET', url: origin + path, timeoutMs: 2_000, ...more });

  it('uses connections again', async () => {
    handler = (_, response) => response.end('x');
    const before = connections;
    for (let count = 0; count < 20; count++) await get('/');
    expect(connections - before).toBeLessThanOrEqual(2);
  });

  it.each([
    ['gzip', gzipSync('unpacked')],
    ['br', brotliCompressSync('unpacked')],
    ['deflate', deflateRawSync('unpacked')],
  ])('unpacks %s', async (encoding, body) => {
    handler = (_, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
    expect((await get('/')).body.toString()).toBe('unpacked');
  });

  it('refuses a body that unpacks to more than the limit', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    await expect(get('/', { maxBodyBytes: 1024 * 1024 })).rejects.toMatchObject({
      code: 'response_too_large',
      retryable: false,
    });
  });

  it('does not trust a packed body that is none', async () => {
    handler = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('plain');
    await expect(get('/')).rejects.toMatchObject({ code: 'http_body_unreadable' });
  });

  it('turns a redirected POST into a GET, and keeps it for 307', async () => {
    handler = (request, response, body) => {
      if (request.url === '/303') response.writeHead(303, { location: '/end' }).end();
      else if (request.url === '/307') response.writeHead(307, { location: '/end' }).end();
      else response.end(`${request.method} ${body} ${request.headers['content-type'] ?? '-'}`);
    };
    const post = (path: string) =>
      http({
        method: 'POST',
        url: origin + path,
        body: 'b',
        headers: { 'content-type': 'text/plain' },
        timeoutMs: 2_000,
      });
    expect((await post('/303')).body.toString()).toBe('GET  -');
    expect((await post('/307')).body.toString()).toBe('POST b text/plain');
  });

  it('answers the redirect itself when none is to be followed', async () => {
    handler = (_, response) => response.writeHead(302, { location: '/end' }).end();
    expect(await get('/', { maxRedirects: 0 })).toMatchObject({ status: 302, headers: { location: '/end' } });
    await expect(get('/')).rejects.toMatchObject({ code: 'too_many_redirects' });
    expect(seen).toHaveLength(7);
  });

  it('gives up in time: no headers, and a body that never ends', async () => {
    handler = () => undefined;
    const failure = { code: 'http_timeout', retryable: true, effectUnknown: true };
    await expect(get('/', { timeoutMs: 150 })).rejects.toMatchObject(failure);
    handler = (_, response) => void response.writeHead(200).write('a');
    await expect(get('/', { timeoutMs: 150 })).rejects.toMatchObject(failure);
  });

  it('ends when it is told to', async () => {
    handler = () => undefined;
    const abort = new AbortController();
    const answer = get('/', { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('cancelled')), 50);
    await expect(answer).rejects.toThrow('cancelled');
    await expect(get('/', { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });

  it('repeats what is safe on a connection that the server has just closed, and only that', async () => {
    let first = true;
    handler = (request, response) => {
      if (first) request.socket.destroy();
      else response.end('x');
      first = false;
    };
    expect((await get('/')).status).toBe(200);
    first = true;
    const post = http({ method: 'POST', url: `${origin}/`, timeoutMs: 2_000 });
    await expect(post).rejects.toMatchObject({ code: 'http_connection', retryable: true, effectUnknown: true });
  });

  it('knows that nothing was sent when nobody listens', async () => {
    const open = createEgress({ allow: ['127.0.0.1'] });
    const call = createHttpClient(open)({ method: 'POST', url: 'http://127.0.0.1:1/', timeoutMs: 2_000 });
    await expect(call).rejects.toMatchObject({
      code: 'http_connection',
      effectUnknown: false,
      details: { code: 'ECONNREFUSED' },
    });
    await open.close();
  });

  it('refuses what cannot be sent', async () => {
    await expect(get('/', { headers: { 'x-a': 'a\r\nb: c' } })).rejects.toMatchObject({ code: 'config_invalid' });
    await expect(http({ method: 'GET', url: 'http://user:pw@x/', timeoutMs: 100 })).rejects.toMatchObject({
      code: 'config_invalid',
    });
    await expect(http({ method: 'GET', url: 'ftp://x/', timeoutMs: 100 })).rejects.toMatchObject({
      code: 'egress_denied',
    });
  });
});

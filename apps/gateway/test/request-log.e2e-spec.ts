import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createLogger, Metrics, type Logger } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { fastify, type FastifyInstance } from 'fastify';
import { logRequests } from '../src/http/log-requests.js';
import { requestIdOf, trackRequests } from '../src/http/request-state.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

let server: FastifyInstance;
let metrics: Metrics;
let url: string;
let lines: Record<string, unknown>[];

beforeEach(async () => {
  lines = [];
  metrics = new Metrics('gateway');
  server = fastify({ genReqId: requestIdOf });
  trackRequests(server);
  logRequests(server, loggerTo(lines), metrics);
  server.post('/hooks/:key', async (request, reply) => {
    if (request.state)
      request.state.principal = {
        kind: 'user',
        userId: 'user-1',
        organizationId: 'organization-1',
        organizationSlug: 'acme',
        roles: [],
        permissions: new Set(),
      };
    return reply.code(202).send({ accessToken: 'SECRET-answer' });
  });
  url = await server.listen({ port: 0, host: '127.0.0.1' });
});
afterEach(() => server.close());

/** The real logger; only where its lines go is the test's. */
function loggerTo(written: Record<string, unknown>[]): Logger {
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      written.push(JSON.parse(String(chunk)) as Record<string, unknown>);
      done();
    },
  });
  const logger = createLogger({ service: 'gateway', level: 'info', format: 'json' });
  const stream = Object.getOwnPropertySymbols(logger).find((symbol) => String(symbol) === 'Symbol(pino.stream)');
  if (!stream) throw new Error('The logger has no stream.');
  return Object.assign(logger, { [stream]: sink });
}

describe('logRequests', () => {
  it('writes one line with route, status, time, and who asked, and nothing that is secret', async () => {
    await fetch(`${url}/hooks/SECRET-key?token=SECRET-query`, {
      method: 'POST',
      headers: {
        authorization: 'Bearer SECRET-token',
        'content-type': 'application/json',
        'x-request-id': 'req-1',
        traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
      },
      body: JSON.stringify({ password: 'SECRET-body' }),
    });
    await eventually(() => expect(lines).toHaveLength(1));
    expect(lines).toEqual([
      expect.objectContaining({
        level: 'info',
        method: 'POST',
        route: '/hooks/:key',
        status: 202,
        durationMs: expect.any(Number),
        requestId: 'req-1',
        traceId: TRACE,
        organizationId: 'organization-1',
        userId: 'user-1',
      }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('SECRET');
  });

  it('names no path that no route has', async () => {
    await fetch(`${url}/SECRET-path`);
    await eventually(() => expect(lines).toMatchObject([{ route: 'unknown', status: 404 }]));
  });

  it('measures by route and status', async () => {
    await fetch(`${url}/hooks/k`, { method: 'POST' });
    await eventually(() => expect(lines).toHaveLength(1));
    const text = await metrics.registry.metrics();
    expect(text).toMatch(
      /rpa_http_request_duration_seconds_count\{[^}]*route="\/hooks\/:key"[^}]*status="202"[^}]*\} 1/,
    );
  });
});

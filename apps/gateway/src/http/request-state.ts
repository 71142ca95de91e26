import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { UserPrincipal } from '@rpa/contracts';
import { traceIdOf } from '@rpa/platform';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What the gateway knows about a request from its first hook on. */
export interface RequestState {
  /** The caller's trace, or a new one. */
  traceparent: string;
  traceId: string;
  principal: UserPrincipal | null;
  /** Proven token of the caller, to be sent on in its name; null before it was proven and on anonymous routes. */
  token: string | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    state: RequestState | null;
  }
}

const REQUEST_ID = /^[A-Za-z0-9._:/+=-]{1,128}$/;
const NO_TRACE = '0'.repeat(32);
const NO_SPAN = /^00-[0-9a-f]{32}-0{16}-/;

/** The caller's `X-Request-Id` if it is fit for a header and a log line, else a new one. */
export function requestIdOf(request: IncomingMessage): string {
  const given = request.headers['x-request-id'];
  return typeof given === 'string' && REQUEST_ID.test(given) ? given : randomUUID();
}

/** Takes up trace and request id before anything else happens, and returns both. */
export function trackRequests(server: FastifyInstance): void {
  server.decorateRequest('state', null);
  server.addHook('onRequest', (request, reply, done) => {
    const traceparent = traceparentOf(request);
    request.state = { traceparent, traceId: traceIdOf(traceparent) ?? NO_TRACE, principal: null, token: null };
    reply.header('x-request-id', request.id).header('traceparent', traceparent);
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    done();
  });
}

function traceparentOf(request: FastifyRequest): string {
  const given = request.headers['traceparent'];
  const text = typeof given === 'string' ? given : '';
  const traceId = traceIdOf(text);
  if (traceId && traceId !== NO_TRACE && !NO_SPAN.test(text)) return text;
  return `00-${randomHex(32)}-${randomHex(16)}-01`;
}

/** Of UUIDs, since Node makes their random bytes in advance: a sixth of the time. */
function randomHex(length: 16 | 32): string {
  return randomUUID().replaceAll('-', '').slice(0, length);
}

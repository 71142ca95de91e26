import { SpanKind } from '@opentelemetry/api';
import { AppError, type FollowJournalRequest, type UserPrincipal } from '@rpa/contracts';
import type { Bus, RequestOptions } from '@rpa/messaging';
import { checkAccess, inSpan, type Logger } from '@rpa/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import type { AccessTokens } from '../access/access-tokens.js';
import type { BrowserSessions } from '../access/browser-sessions.js';
import type { ExecutionStreams } from '../realtime/stream-execution.js';
import type { RateLimits } from '../limits/rate-limits.js';
import { assertIds, requestBuilder } from './build-request.js';
import type { RouteAnswer, RouteDefinition, RouteInput } from './define-route.js';
import { isKnown, toEtag } from './preconditions.js';
import { sendProblem } from './send-problem.js';

export const API_PREFIX = '/api/v1';
export const BODY_LIMIT = 1024 * 1024;
/** A definition may have 5 MiB. */
const WORKFLOW_BODY_LIMIT = 6 * 1024 * 1024;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export interface RouteServices {
  bus: Bus;
  tokens: AccessTokens;
  browsers: BrowserSessions;
  limits: RateLimits;
  logger: Logger;
  streams: ExecutionStreams;
}

/** Mounts business routes below `/api/v1`; other methods on their paths answer 405. */
export async function mountRoutes(
  server: FastifyInstance,
  routes: readonly RouteDefinition[],
  services: RouteServices,
): Promise<void> {
  await server.register(
    async (scope) => {
      scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, services.logger));
      for (const route of routes) scope.route(toFastify(route, services));
      for (const [path, methods] of methodsByPath(routes)) scope.route(refuseOtherMethods(path, methods));
    },
    { prefix: API_PREFIX },
  );
}

/** Default of a route's largest body, in bytes. */
export function bodyLimitOf(route: RouteDefinition): number {
  return route.bodyLimit ?? (isWorkflowRoute(route) ? WORKFLOW_BODY_LIMIT : BODY_LIMIT);
}

export function takesYaml(route: RouteDefinition): boolean {
  return isWorkflowRoute(route) && (route.method === 'POST' || route.method === 'PUT');
}

function isWorkflowRoute(route: RouteDefinition): boolean {
  return /^\/workflows(\/|$)/.test(route.path);
}

function toFastify(route: RouteDefinition, services: RouteServices): RouteOptions {
  const bodyLimit = bodyLimitOf(route);
  return {
    method: route.method,
    url: toPattern(route.path),
    bodyLimit,
    config: { yaml: takesYaml(route), bodyLimit, jsonTypes: route.freeBody?.mediaTypes ?? [] },
    onRequest: (request, reply) => admit(route, request, reply, services),
    handler: route.streams ? streamer(route, services.streams) : commandSender(route, services),
  };
}

/** Before the body is read: who asks, whether they may, how often, and for which row. */
async function admit(
  route: RouteDefinition,
  request: FastifyRequest,
  reply: FastifyReply,
  { tokens, limits }: RouteServices,
): Promise<void> {
  let principal: UserPrincipal | null = null;
  const { access } = route.command;
  try {
    if (!('public' in access)) principal = await tokens.prove(request, reply);
  } finally {
    // Whoever has no valid token is counted as well, or guessing tokens would be free.
    limits.take(principal, request.ip);
  }
  checkAccess(access, principal);
  if (request.state) request.state.principal = principal;
  assertIds(request.params as Record<string, string>);
}

function streamer(route: RouteDefinition, streams: ExecutionStreams): RouteOptions['handler'] {
  const toRequest = requestBuilder(route);
  return (request, reply) => streams.answer(request, reply, toRequest(inputOf(request)) as FollowJournalRequest);
}

function commandSender(route: RouteDefinition, { bus, browsers }: RouteServices): RouteOptions['handler'] {
  const toRequest = requestBuilder(route);
  const spanName = `${route.method} ${API_PREFIX}${route.path}`;
  const step = route.browser;
  return async (request, reply) => {
    const sent = inputOf(request);
    const { input, inCookies } = step ? browsers.read(step, request, sent) : { input: sent, inCookies: false };
    const body = toRequest(input);
    const options = requestOptions(request, request.state?.token ?? null);
    const traceparent = request.state?.traceparent ?? null;
    const send = (change: object = {}): Promise<object> =>
      inSpan(spanName, { kind: SpanKind.SERVER, traceparent }, () =>
        bus.request(route.command, { ...body, ...change }, options),
      );
    const finish = (plain: RouteAnswer): RouteAnswer => (step ? browsers.write(step, reply, plain, inCookies) : plain);
    return answer(route, request, reply, { result: await send(), again: send, finish });
  };
}

function inputOf(request: FastifyRequest): RouteInput {
  return {
    params: request.params as Record<string, string>,
    query: request.query as Record<string, string | string[]>,
    body: request.body,
    headers: request.headers,
  };
}

function requestOptions(request: FastifyRequest, token: string | null): RequestOptions {
  const idempotencyKey = request.method === 'POST' ? idempotencyKeyOf(request) : null;
  return {
    requestId: request.id,
    client: { address: request.ip, userAgent: (request.headers['user-agent'] ?? '').slice(0, 200) },
    ...(token && { principal: token }),
    ...(idempotencyKey && { idempotencyKey }),
  };
}

function idempotencyKeyOf(request: FastifyRequest): string | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key === 'string' && IDEMPOTENCY_KEY.test(key)) return key;
  throw new AppError('validation_failed', 'Idempotency-Key must be 1 to 255 printable characters without spaces.', {
    errors: [{ path: 'Idempotency-Key', code: 'format', message: 'must be 1 to 255 printable characters' }],
  });
}

interface Sent {
  result: object;
  again: (change: object) => Promise<object>;
  finish: (plain: RouteAnswer) => RouteAnswer;
}

async function answer(
  route: RouteDefinition,
  request: FastifyRequest,
  reply: FastifyReply,
  { result, again, finish }: Sent,
): Promise<FastifyReply> {
  if (route.location) reply.header('location', `${API_PREFIX}${route.location(result)}`);
  if (route.etag) {
    const etag = toEtag(route.etag(result));
    reply.header('etag', etag);
    if (request.method === 'GET' && isKnown(request.headers['if-none-match'], etag)) return reply.code(304).send();
  }
  const plain = (await route.answer?.(result, again)) ?? { status: route.status ?? 200, body: result };
  const { status, headers, body } = finish(plain);
  if (headers) reply.headers(headers);
  reply.code(status);
  return status === 204 || body === undefined ? reply.send() : reply.send(body);
}

function refuseOtherMethods(path: string, methods: readonly string[]): RouteOptions {
  const allow = methods.includes('GET') ? [...methods, 'HEAD'].join(', ') : methods.join(', ');
  const refuse = async (request: FastifyRequest, reply: FastifyReply): Promise<never> => {
    reply.header('allow', allow);
    throw new AppError('method_not_allowed', `${request.method} is not possible here; ${allow} is.`);
  };
  return {
    method: METHODS.filter((method) => !methods.includes(method)),
    url: path,
    exposeHeadRoute: false,
    onRequest: refuse,
    handler: refuse,
  };
}

function methodsByPath(routes: readonly RouteDefinition[]): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const { path, method } of routes) {
    const pattern = toPattern(path);
    paths.set(pattern, [...(paths.get(pattern) ?? []), method]);
  }
  return paths;
}

/** `/workflows/{id}` to `/workflows/:id`. */
function toPattern(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

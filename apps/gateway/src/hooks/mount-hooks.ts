import { SpanKind } from '@opentelemetry/api';
import { AppError, receiveWebhook, WEBHOOK_BODY_LIMIT, type ReceiveWebhookRequest } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { inSpan, type Logger } from '@rpa/platform';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sendProblem } from '../http/send-problem.js';

/** Where webhooks come in; a key and a path of any depth follow. */
const DOORS = [
  { prefix: '/hooks', test: false },
  { prefix: '/api/v1/triggers/webhooks', test: false },
  { prefix: '/hooks-test', test: true },
] as const;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
const KEY = /^[A-Za-z0-9_-]{16,64}$/;

/** Hands every request to a webhook on as it came: which one it is, and what becomes of it, is decided at the other end. */
export async function mountHooks(
  server: FastifyInstance,
  { bus, logger }: { bus: Bus; logger: Logger },
): Promise<void> {
  await server.register(async (scope) => {
    scope.setErrorHandler((error, request, reply) => sendProblem(error, request, reply, logger));
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const { prefix, test } of DOORS)
      for (const url of [`${prefix}/:key`, `${prefix}/:key/*`])
        scope.route({
          method: METHODS,
          url,
          bodyLimit: WEBHOOK_BODY_LIMIT,
          exposeHeadRoute: false,
          handler: (request, reply) => receive(bus, prefix, test, request, reply),
        });
  });
}

async function receive(
  bus: Bus,
  prefix: string,
  test: boolean,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const incoming = toIncoming(prefix, test, request);
  const traceparent = request.state?.traceparent ?? null;
  const result = await inSpan(`${request.method} ${prefix}`, { kind: SpanKind.SERVER, traceparent }, () =>
    bus.request(receiveWebhook, incoming, { requestId: request.id }),
  );
  reply.code(result.status);
  for (const [name, value] of Object.entries(result.headers))
    if (!NOT_THE_WORKFLOWS.has(name.toLowerCase())) reply.header(name, value);
  // What a workflow answers is shown on the origin of the API: without its own origin it cannot act for who looks at it.
  reply.header('content-security-policy', CONTENT_POLICY);
  reply.header('x-content-type-options', 'nosniff');
  return reply.send(result.body);
}

const CONTENT_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data: https:; form-action 'none'; sandbox allow-forms";

/** Of one connection, or set by the server itself; a workflow has no say in them. */
const NOT_THE_WORKFLOWS = new Set([
  'clear-site-data',
  'strict-transport-security',
  'service-worker-allowed',
  'x-frame-options',
  'connection',
  'content-length',
  'transfer-encoding',
  'keep-alive',
  'upgrade',
  'set-cookie',
]);

function toIncoming(prefix: string, test: boolean, request: FastifyRequest): ReceiveWebhookRequest {
  const { key = '' } = request.params as { key?: string };
  if (!KEY.test(key)) throw new AppError('not_found', 'There is no webhook with this URL.');
  const [path = '', query = ''] = (request.raw.url ?? '').split(/\?(.*)/s);
  const headers: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  const body = Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body.toString('base64') : undefined;
  return {
    key,
    path: path.slice(path.indexOf(key, prefix.length) + key.length),
    method: request.method,
    query,
    headers,
    ...(body !== undefined && { body }),
    address: request.ip,
    ...(test && { test }),
  };
}

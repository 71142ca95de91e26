import type { Socket } from 'node:net';
import { HttpException } from '@nestjs/common';
import { AppError, ERRORS, type ErrorCode } from '@rpa/contracts';
import { toAppError, toProblem, type Logger } from '@rpa/platform';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** Codes of what Fastify and Nest refuse by themselves. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'too_large',
  415: 'unsupported_media_type',
  503: 'unavailable',
};

/** Answers any error as problem details (RFC 9457). */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, logger: Logger): void {
  const known = toHttpError(error, request);
  if (known.code === 'internal') logger.error({ err: error, requestId: request.id }, 'A request failed');
  const problem = toProblem(known, request.state?.traceId ?? null);
  if (problem.status === 401) reply.header('www-authenticate', challengeOf(known.code));
  if (known.retryAfter !== undefined) reply.header('retry-after', String(Math.max(1, Math.ceil(known.retryAfter))));
  reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

function toHttpError(error: unknown, request: FastifyRequest): AppError {
  if (AppError.is(error)) return error;
  const status = statusOf(error);
  if (status === 404) return new AppError('not_found', `There is no ${request.method} ${request.url.split('?')[0]}.`);
  const code = CODE_OF_STATUS[status];
  if (status === 415) return new AppError('unsupported_media_type', mediaTypesOf(request), { cause: error });
  if (code) return new AppError(code, status === 413 ? ERRORS.too_large.title : messageOf(error), { cause: error });
  if (status >= 400 && status < 500) return new AppError('bad_request', messageOf(error), { cause: error });
  return toAppError(error);
}

function statusOf(error: unknown): number {
  if (error instanceof HttpException) return error.getStatus();
  const { statusCode } = error as { statusCode?: unknown };
  return typeof statusCode === 'number' ? statusCode : 500;
}

function mediaTypesOf({ routeOptions: { config } }: FastifyRequest): string {
  const types = ['application/json', ...(config.yaml ? ['application/yaml'] : []), ...(config.jsonTypes ?? [])];
  return `Send a Content-Type that this route takes: ${types.join(', ')}.`;
}

function messageOf(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}

function challengeOf(code: ErrorCode): string {
  return code === 'invalid_token' ? 'Bearer error="invalid_token"' : 'Bearer';
}

/** Answers what is not even HTTP, or came too slowly, where there is no request yet. */
export function refuseConnection(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const slow = error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
  const large = error.code === 'HPE_HEADER_OVERFLOW';
  const [status, phrase] = slow
    ? [408, 'Request Timeout']
    : large
      ? [431, 'Request Header Fields Too Large']
      : [400, 'Bad Request'];
  const detail = slow
    ? 'The request did not arrive in time.'
    : large
      ? 'The headers are too large.'
      : 'This is not HTTP.';
  const problem = { ...toProblem(new AppError('bad_request', detail), null), status };
  const body = JSON.stringify(problem);
  socket.end(
    `HTTP/1.1 ${status} ${phrase}\r\nconnection: close\r\ncontent-type: application/problem+json\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

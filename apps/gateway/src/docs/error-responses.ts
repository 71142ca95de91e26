import { ERRORS, type CommandDefinition, type ErrorCode } from '@rpa/contracts';
import type { RouteDefinition } from '../http/define-route.js';
import type { JsonSchema } from './message-schemas.js';

/** Documented answer of each status that an operation can fail with. */
const RESPONSES: Readonly<Record<number, { name: string; description: string; example: ErrorCode }>> = {
  400: { name: 'BadRequest', description: 'The body cannot be read', example: 'invalid_json' },
  401: {
    name: 'Unauthenticated',
    description: 'No valid access token, or wrong credentials',
    example: 'unauthenticated',
  },
  403: { name: 'Forbidden', description: 'A permission is missing', example: 'forbidden' },
  404: { name: 'NotFound', description: 'No such row in the organization', example: 'not_found' },
  409: { name: 'Conflict', description: 'It conflicts with what is stored', example: 'conflict' },
  412: { name: 'Stale', description: 'The resource has changed since it was read', example: 'stale' },
  413: { name: 'TooLarge', description: 'The body is too large', example: 'too_large' },
  415: {
    name: 'UnsupportedMediaType',
    description: 'The content type is not supported',
    example: 'unsupported_media_type',
  },
  422: {
    name: 'ValidationFailed',
    description: 'Understood and refused, with every fault',
    example: 'validation_failed',
  },
  428: { name: 'PreconditionRequired', description: 'If-Match is missing', example: 'precondition_required' },
  429: { name: 'RateLimited', description: 'Too many requests', example: 'rate_limited' },
  500: { name: 'Internal', description: 'Something failed that should not', example: 'internal' },
  502: {
    name: 'UpstreamFailed',
    description: 'A system that we called answered with an error',
    example: 'upstream_failed',
  },
  503: {
    name: 'Unavailable',
    description: 'A part of the system is away or has too much to do',
    example: 'unavailable',
  },
  504: { name: 'Timeout', description: 'No answer in time', example: 'timeout' },
};

export const PROBLEM_SCHEMA: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457)',
  required: ['type', 'title', 'status', 'code', 'detail', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri', description: 'urn:rpa:error:<code>' },
    title: { type: 'string' },
    status: { type: 'integer' },
    code: { type: 'string', enum: Object.keys(ERRORS), description: 'What went wrong; stable' },
    detail: { type: 'string', description: 'For people; may change' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['path', 'code', 'message'],
        properties: {
          path: { type: 'string', description: 'Where, e.g. steps[2].config.url' },
          code: { type: 'string' },
          message: { type: 'string' },
          line: { type: 'integer' },
          column: { type: 'integer' },
        },
      },
    },
    traceId: { type: ['string', 'null'] },
  },
};

/** `components.responses`: every error as a problem. */
export function errorComponents(): Record<string, object> {
  const retry = { 'Retry-After': { description: 'Seconds', schema: { type: 'integer', minimum: 1 } } };
  return Object.fromEntries(
    Object.entries(RESPONSES).map(([status, { name, description, example }]) => {
      const headers = ['429', '503'].includes(status) ? { headers: retry } : {};
      return [name, { description, ...headers, content: problemContent(example) }];
    }),
  );
}

function problemContent(code: ErrorCode): object {
  const { status, title } = ERRORS[code];
  const example = { type: `urn:rpa:error:${code}`, title, status, code, detail: title, traceId: 'a'.repeat(32) };
  return { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' }, example } };
}

/** Which errors an operation can answer with, by status. */
export function errorResponses(route: RouteDefinition): Record<string, object> {
  const { access } = route.command as CommandDefinition;
  const withBody = ['POST', 'PUT', 'PATCH'].includes(route.method);
  const possible: [number, boolean][] = [
    [400, true],
    [401, !('public' in access) || withBody],
    [403, 'permission' in access || withBody],
    [404, route.path.includes('{')],
    [409, route.method !== 'GET'],
    [412, route.ifMatch === true],
    [413, withBody],
    [415, withBody],
    [422, true],
    [428, route.ifMatch === true],
    [429, true],
    [500, true],
    [502, withBody],
    [503, true],
    [504, true],
  ];
  return Object.fromEntries(
    possible.flatMap(([status, is]) => {
      const name = RESPONSES[status]?.name;
      return is && name ? [[String(status), { $ref: `#/components/responses/${name}` }]] : [];
    }),
  );
}

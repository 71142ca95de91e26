const CHECK = {
  type: 'object',
  required: ['ok'],
  properties: { ok: { type: 'boolean' }, reason: { type: 'string' } },
};
const READINESS = {
  type: 'object',
  required: ['status', 'checks'],
  properties: {
    status: { type: 'string', enum: ['ready', 'not_ready'] },
    checks: { type: 'object', additionalProperties: CHECK },
  },
};
const SUMMARY = {
  type: 'object',
  required: ['status', 'version', 'services'],
  properties: {
    status: { type: 'string', enum: ['ok', 'degraded'] },
    version: { type: 'string' },
    services: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        required: ['ready', 'required'],
        properties: { ready: { type: 'boolean' }, required: { type: 'boolean' }, reason: { type: 'string' } },
      },
    },
  },
};
const JWKS = {
  type: 'object',
  required: ['keys'],
  properties: { keys: { type: 'array', items: { type: 'object', required: ['kty', 'kid'] } } },
};

function anonymous(operationId: string, tag: string, summary: string, responses: object): object {
  return { get: { operationId, tags: [tag], summary, security: [], responses } };
}

function answer(description: string, type: string, schema: object): object {
  return { description, content: { [type]: { schema } } };
}

/** Operations that the gateway answers by itself. */
export const GATEWAY_PATHS: Readonly<Record<string, object>> = {
  '/api/health': anonymous('health.summary', 'health', 'How the platform and each of its services are', {
    200: answer('Summary', 'application/json', SUMMARY),
  }),
  '/api/health/live': anonymous('health.live', 'health', 'Whether the gateway runs', {
    200: answer('It does', 'application/json', { type: 'object', properties: { status: { const: 'live' } } }),
  }),
  '/api/health/ready': anonymous('health.ready', 'health', 'Whether NATS and every required service answer', {
    200: answer('Ready', 'application/json', READINESS),
    503: answer('Not ready, with the reason of each service', 'application/json', READINESS),
  }),
  '/api/v1/auth/jwks': anonymous('auth.keys.list', 'auth', 'Public keys that access tokens are signed with', {
    200: answer('JSON Web Key Set (RFC 7517)', 'application/jwk-set+json', JWKS),
  }),
  '/docs': anonymous('docs.show', 'documentation', 'This documentation as a page', {
    200: answer('Page', 'text/html', { type: 'string' }),
  }),
  '/docs/openapi.json': anonymous('docs.read', 'documentation', 'This documentation as OpenAPI 3.1', {
    200: answer('Document', 'application/json', { type: 'object' }),
  }),
};

import { describe, expect, it } from '@jest/globals';
import { Validator } from '@seriousme/openapi-schema-validator';
import { HOOK_PATHS } from '../hooks/hook-paths.js';
import { ROUTES } from '../routes/routes.js';
import { openApiDocument } from './openapi-document.js';

interface Operation {
  operationId: string;
  security?: object[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, unknown> };
  responses: Record<string, { $ref?: string }>;
}

const document = openApiDocument(ROUTES);
const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation: operation as Operation })),
);
const names = (anonymous: boolean): string[] =>
  operations
    .filter(({ operation }) => (operation.security?.length === 0) === anonymous)
    .map(({ method, path }) => `${method.toUpperCase()} ${path}`)
    .sort();

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...structuredClone(document) });
    expect(result.errors ?? []).toEqual([]);
    expect({ valid: result.valid, version: validator.version }).toEqual({ valid: true, version: '3.1' });
  });

  it('has every route of the table', () => {
    const described = operations.map(({ method, path }) => `${method.toUpperCase()} ${path}`);
    for (const route of Object.values(ROUTES).flat())
      expect(described).toContain(`${route.method} /api/v1${route.path}`);
  });

  it('marks exactly the routes as anonymous whose command is public, and those of the gateway', () => {
    const ofCommands = Object.values(ROUTES)
      .flat()
      .filter((route) => 'public' in route.command.access)
      .map((route) => `${route.method} /api/v1${route.path}`);
    const ofGateway = [
      '/api/health',
      '/api/health/live',
      '/api/health/ready',
      '/api/v1/auth/jwks',
      '/docs',
      '/docs/openapi.json',
    ];
    const ofHooks = Object.entries(HOOK_PATHS).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(ofHooks).toContain('POST /hooks/{key}/{path}');
    expect(names(true)).toEqual([...ofCommands, ...ofHooks, ...ofGateway.map((path) => `GET ${path}`)].sort());
    expect(names(true)).toEqual(expect.arrayContaining(['POST /api/v1/auth/register', 'POST /api/v1/auth/login']));
    expect(names(false)).toContain('POST /api/v1/auth/logout');
  });

  it('gives each operation its own id, and each reference a target', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [reference] of JSON.stringify(document).matchAll(/#\/components\/[\w/]+/g)) {
      const [, , kind, name] = reference.split('/');
      expect(document.components[kind as 'schemas']).toHaveProperty([name ?? '']);
    }
  });

  it('describes every error as a problem', () => {
    for (const { path, operation } of operations.filter(
      ({ path }) =>
        path.startsWith('/api/v1') && !path.endsWith('jwks') && !path.startsWith('/api/v1/triggers/webhooks/'),
    ))
      for (const [status, response] of Object.entries(operation.responses))
        if (Number(status) >= 400)
          expect({ path, status, ref: response.$ref }).toMatchObject({ ref: expect.stringMatching(/responses/) });
    for (const response of Object.values(document.components.responses))
      expect(Object.keys((response as { content: object }).content)).toEqual(['application/problem+json']);
  });

  it('knows the fields, limits and examples of a request', () => {
    expect(document.components.schemas['RegisterUserRequest']).toMatchObject({
      required: expect.arrayContaining(['email', 'password', 'organizationName']),
      properties: { password: { type: 'string', minLength: 12, maxLength: 200 } },
    });
    expect(document.components.schemas['SessionView']).toMatchObject({
      properties: { organization: { $ref: '#/components/schemas/OrganizationView' } },
    });
    const list = operations.find(({ operation }) => operation.operationId === 'executions.execution.list');
    expect(list?.operation.parameters).toEqual(
      expect.arrayContaining([
        { name: 'limit', in: 'query', required: false, schema: { type: 'integer', minimum: 1, maximum: 200 } },
      ]),
    );
  });
});

import type { MessageClass } from '@rpa/contracts';
import type { RouteDefinition } from '../http/define-route.js';
import { API_PREFIX } from '../http/mount-routes.js';
import type { RouteTable } from '../http/route-table.js';
import { HOOK_PATHS } from '../hooks/hook-paths.js';
import { describeRoute } from './describe-route.js';
import { errorComponents, PROBLEM_SCHEMA } from './error-responses.js';
import { GATEWAY_PATHS } from './gateway-paths.js';
import { nestedClasses, schemaOf } from './message-schemas.js';
import { VERSION } from './version.js';

export interface OpenApiDocument {
  openapi: '3.1.0';
  info: object;
  servers: { url: string }[];
  tags: { name: string }[];
  security: object[];
  paths: Record<string, object>;
  components: Record<'securitySchemes' | 'schemas' | 'responses', Record<string, object>>;
}

const DESCRIPTION = `Workflows are drawn or written once, started by people, schedules, webhooks and events, and run to
their end whatever crashes in between.

Get an access token from \`POST /api/v1/auth/register\` or \`/login\` and send it as \`Authorization: Bearer <token>\`;
programs send an API key as \`X-API-Key\`.
Every error is a problem (RFC 9457) with a stable \`code\` and the \`traceId\` of the request.`;

const SECURITY_SCHEMES = {
  bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
  apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
  cookie: {
    type: 'apiKey',
    in: 'cookie',
    name: 'rpa_access',
    description: 'Of a browser that signed in with `?session=cookie`; writes need the header `X-CSRF-Token`.',
  },
};

/** The OpenAPI 3.1 document of all routes: their commands say what they take, give and need. */
export function openApiDocument(table: RouteTable): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {};
  const classes = new Set<MessageClass<object>>();
  const nextId = uniqueIds();
  for (const [tag, routes] of Object.entries(table))
    for (const route of routes) {
      const path = `${API_PREFIX}${route.path}`;
      const operation = describeRoute(route, tag, nextId(route));
      paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation };
      for (const message of messagesOf(route))
        for (const used of [message, ...nestedClasses(message)]) classes.add(used);
    }
  return {
    openapi: '3.1.0',
    info: {
      title: 'RPA Automation Engine',
      version: VERSION,
      description: DESCRIPTION,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    tags: ['health', 'documentation', 'webhooks', ...Object.keys(table)].map((name) => ({ name })),
    security: [{ bearer: [] }, { apiKey: [] }, { cookie: [] }],
    paths: { ...GATEWAY_PATHS, ...HOOK_PATHS, ...paths },
    components: {
      securitySchemes: SECURITY_SCHEMES,
      schemas: { Problem: PROBLEM_SCHEMA, ...schemasOf(classes) },
      responses: errorComponents(),
    },
  };
}

function messagesOf({ command, answers }: RouteDefinition): MessageClass<object>[] {
  const replies = Object.values(answers ?? {}).flatMap(({ reply }) => (!reply || 'schema' in reply ? [] : reply));
  return [command.request, command.reply, ...replies];
}

function schemasOf(classes: ReadonlySet<MessageClass<object>>): Record<string, object> {
  const schemas: Record<string, object> = {};
  for (const message of classes) {
    if (schemas[message.name]) throw new Error(`Two message classes are called '${message.name}'; rename one.`);
    schemas[message.name] = schemaOf(message);
  }
  return schemas;
}

/** `rpc.auth.v1.session.open` to `auth.session.open`; a second route of the same command gets a number. */
function uniqueIds(): (route: RouteDefinition) => string {
  const seen = new Map<string, number>();
  return (route) => {
    const id = route.command.subject.replace(/^rpc\.([\w-]+)\.v\d+\./, '$1.');
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}.${count}`;
  };
}

import { bodyLimitOf, takesYaml } from '../http/mount-routes.js';
import type { DocumentedAnswer, RouteDefinition } from '../http/define-route.js';
import type { MessageClass } from '@rpa/contracts';
import { browserQuery } from '../access/browser-sessions.js';
import { errorResponses } from './error-responses.js';
import { schemaOf, type JsonSchema } from './message-schemas.js';

const WITH_BODY = ['POST', 'PUT', 'PATCH'];

/** One operation of the OpenAPI document, made of a route and its command. */
export function describeRoute(route: RouteDefinition, tag: string, operationId: string): object {
  const { access, summary } = route.command;
  const parameters = [...pathParameters(route), ...queryParameters(route), ...headerParameters(route)];
  const body = WITH_BODY.includes(route.method) ? requestBody(route) : null;
  return {
    operationId,
    tags: [tag],
    summary: route.summary ?? summary,
    description: 'permission' in access ? `Needs the permission \`${access.permission}\`.` : describeAccess(route),
    ...('permission' in access && { 'x-permission': access.permission }),
    ...('public' in access && { security: [] }),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: body }),
    responses: { ...successes(route), ...errorResponses(route) },
  };
}

function describeAccess(route: RouteDefinition): string {
  return 'public' in route.command.access ? 'Anonymous.' : 'For every signed-in user.';
}

export function pathNames(route: RouteDefinition): string[] {
  return [...route.path.matchAll(/\{(\w+)\}/g)].flatMap((match) => match[1] ?? []);
}

function fieldsOf(route: RouteDefinition): Record<string, JsonSchema> {
  return schemaOf(route.command.request).properties ?? {};
}

function pathParameters(route: RouteDefinition): object[] {
  const example = route.command.example.request as Record<string, unknown>;
  return pathNames(route).map((name) => ({
    name,
    in: 'path',
    required: true,
    schema: fieldsOf(route)[name] ?? { type: 'string' },
    ...(example[name] !== undefined && { example: example[name] }),
  }));
}

function queryParameters(route: RouteDefinition): object[] {
  const own = Object.entries({ ...route.query, ...browserQuery(route) }).map(
    ([name, { description, example, ...schema }]) => {
      return { name, in: 'query', description, schema, ...(example !== undefined && { example }) };
    },
  );
  if (WITH_BODY.includes(route.method)) return own;
  const { required = [] } = schemaOf(route.command.request);
  const taken = new Set([...pathNames(route), ...(route.hidden ?? []), ...Object.keys(route.query ?? {}), 'revision']);
  const fields = Object.entries(fieldsOf(route)).filter(([name]) => !taken.has(name));
  return [
    ...fields.map(([name, schema]) => ({ name, in: 'query', required: required.includes(name), schema })),
    ...own,
  ];
}

function headerParameters(route: RouteDefinition): object[] {
  const header = (name: string, description: string, required = false): object => {
    return { name, in: 'header', description, required, schema: { type: 'string' } };
  };
  return [
    ...(route.command.idempotent
      ? [header('Idempotency-Key', 'A repeat with the same key gets the first answer')]
      : []),
    ...(route.ifMatch ? [header('If-Match', 'ETag of what was read', true)] : []),
    ...(route.etag && route.method === 'GET' ? [header('If-None-Match', 'ETag that is known already: 304')] : []),
  ];
}

function requestBody(route: RouteDefinition): object | null {
  if (route.freeBody) {
    const { mediaTypes, description, example: sample } = route.freeBody;
    const any = { schema: {}, example: sample };
    const content = Object.fromEntries(['application/json', ...mediaTypes].map((type) => [type, any]));
    return { required: true, description, content };
  }
  const { request, example } = route.command;
  const left = new Set([...pathNames(route), ...(route.hidden ?? []), ...(route.ifMatch ? ['revision'] : [])]);
  const schema = schemaOf(request);
  const properties = Object.entries(fieldsOf(route));
  const kept = properties.filter(([name]) => !left.has(name));
  if (kept.length === 0) return null;
  const required = (schema.required ?? []).filter((name) => !left.has(name));
  const whole = kept.length === properties.length;
  const content = {
    schema: whole
      ? referenceTo(request)
      : { type: 'object', properties: Object.fromEntries(kept), ...(required.length > 0 && { required }) },
    example: Object.fromEntries(Object.entries(example.request).filter(([name]) => !left.has(name))),
  };
  return {
    required: required.length > 0,
    description: `At most ${bodyLimitOf(route) / 1024 / 1024} MiB.`,
    content: { 'application/json': content, ...(takesYaml(route) && { 'application/yaml': content }) },
  };
}

function successes(route: RouteDefinition): Record<string, object> {
  const { reply, example } = route.command;
  const text = (description: string): object => ({ description, schema: { type: 'string' } });
  const headers = {
    ...(route.location && { Location: text('Path of what was created') }),
    ...(route.etag && { ETag: text('Revision; send it back as If-Match') }),
  };
  const answer = (description: string, content: object | null): object => ({
    description,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(content && { content }),
  });
  if (route.answers)
    return Object.fromEntries(
      Object.entries(route.answers).map(([status, documented]) => {
        return [status, answer(documented.description, contentOf(documented))];
      }),
    );
  const status = route.status ?? 200;
  const content = { 'application/json': { schema: referenceTo(reply), example: example.reply } };
  return { [String(status)]: answer('Done', status === 204 ? null : content) };
}

function contentOf({ reply, mediaTypes = ['application/json'] }: DocumentedAnswer): object | null {
  if (!reply) return null;
  const schema = 'schema' in reply ? reply.schema : referenceTo(reply);
  return Object.fromEntries(mediaTypes.map((type) => [type, { schema }]));
}

function referenceTo(message: MessageClass<object>): object {
  return { $ref: `#/components/schemas/${message.name}` };
}

import { AppError, ID_PATTERN, type Fault } from '@rpa/contracts';
import { schemaOf } from '../docs/message-schemas.js';
import type { RouteDefinition, RouteInput } from './define-route.js';
import { revisionOf } from './preconditions.js';

type Read = (text: string) => unknown;

const READERS: Readonly<Record<string, Read>> = {
  integer: (text) => (/^-?\d{1,15}$/.test(text) ? Number(text) : text),
  number: (text) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text),
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : text),
};

/** Makes the command's request of what an HTTP request brought. Made once per route. */
export function requestBuilder(route: RouteDefinition): (input: RouteInput) => object {
  const fields = schemaOf(route.command.request).properties ?? {};
  const hidden = new Set(route.hidden);
  const known = new Set(
    [...Object.keys(fields), ...Object.keys(route.query ?? {})].filter((name) => !hidden.has(name)),
  );
  const readers = new Map(
    Object.entries(fields).flatMap(([name, schema]) => {
      const read = READERS[String(schema['type'])];
      return read ? [[name, read] as const] : [];
    }),
  );
  return (input) => {
    const query = Object.keys(input.query);
    refuse([...query.filter((name) => !route.anyQuery && !known.has(name)), ...hiddenFields(input.body, hidden)]);
    const revision = route.ifMatch && { revision: revisionOf(input.headers['if-match']) };
    if (route.request) return { ...route.request(input), ...revision };
    const request: Record<string, unknown> = { ...bodyFields(route, input.body) };
    for (const name of query) request[name] = readQuery(input.query[name], readers.get(name));
    return Object.assign(request, input.params, revision);
  };
}

/** A malformed id names nothing, and is answered like an id that does not exist. */
export function assertIds(params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params))
    if ((name === 'id' || name.endsWith('Id')) && !ID_PATTERN.test(value)) throw new AppError('not_found');
}

function bodyFields(route: RouteDefinition, body: unknown): object {
  if (body === undefined || !['POST', 'PUT', 'PATCH'].includes(route.method)) return {};
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body;
  throw new AppError('validation_failed', 'The body must be an object.');
}

function readQuery(value: string | string[] | undefined, read: Read | undefined): unknown {
  if (Array.isArray(value) || value === undefined || !read) return value;
  return read(value);
}

function hiddenFields(body: unknown, hidden: ReadonlySet<string>): string[] {
  if (hidden.size === 0 || typeof body !== 'object' || body === null) return [];
  return Object.keys(body).filter((name) => hidden.has(name));
}

function refuse(names: string[]): void {
  if (names.length === 0) return;
  const errors = names.map((name): Fault => {
    return { path: name, code: 'unknown_field', message: `'${name}' is not a field of this request` };
  });
  throw new AppError('validation_failed', `${names.length} field(s) of the request are not valid.`, { errors });
}

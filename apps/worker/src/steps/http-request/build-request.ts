import { ID_PATTERN, type CredentialValue, type FileReference } from '@rpa/contracts';
import { authorizationOf, StepFailure, type HttpRequest, type StepFiles } from '@rpa/step-kit';
import type { HttpRequestConfig } from './http-request.step.js';

/** Decided by the connection, or a way to talk past the guard. */
const OWN_HEADERS = new Set(
  'host content-length transfer-encoding connection keep-alive upgrade te trailer expect proxy-authorization proxy-connection'.split(
    ' ',
  ),
);
const KEYED_METHODS = new Set(['POST', 'PATCH']);
const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000 };
/** The attempt's own limit ends the request before. */
const NO_LIMIT_MS = 2_147_483_647;

export interface RequestContext {
  credential: CredentialValue | null;
  idempotencyKey: string;
  traceparent: string | null;
  files: StepFiles;
}

/** The request that a config describes, with everything that the run adds to it. */
export function buildRequest(config: HttpRequestConfig, context: RequestContext): HttpRequest {
  const headers = new Map<string, string>();
  for (const [name, value] of Object.entries(config.headers ?? {})) setHeader(headers, name, String(value));
  const body = bodyOf(config, headers, context.files);
  if (KEYED_METHODS.has(config.method) && !headers.has('idempotency-key'))
    headers.set('idempotency-key', context.idempotencyKey);
  if (context.traceparent && !headers.has('traceparent')) headers.set('traceparent', context.traceparent);
  const auth = authorizationOf(context.credential);
  for (const [name, value] of Object.entries(auth.headers)) setHeader(headers, name, value);
  return {
    method: config.method,
    url: withQuery(config.url, { ...config.query, ...auth.query }),
    headers: Object.fromEntries(headers),
    body,
    credentialHeaders: Object.keys(auth.headers),
    timeoutMs: config.timeout === undefined ? NO_LIMIT_MS : milliseconds(config.timeout),
    ...(config.followRedirects === false && { maxRedirects: 0 }),
  };
}

function setHeader(headers: Map<string, string>, name: string, value: string): void {
  const lower = name.toLowerCase();
  if (OWN_HEADERS.has(lower)) throw invalid(`headers.${name}`, 'is set by the connection itself');
  if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/.test(lower))
    throw invalid(`headers.${name}`, 'is not a name that a header can have');
  if (/[\r\n\0]/.test(value)) throw invalid(`headers.${name}`, 'must not hold line breaks');
  headers.set(lower, value);
}

function bodyOf(config: HttpRequestConfig, headers: Map<string, string>, files: StepFiles): HttpRequest['body'] {
  if (config.form !== undefined) {
    if (config.body !== undefined) throw invalid('form', 'cannot be sent together with a body');
    if (!headers.has('content-type')) headers.set('content-type', 'application/x-www-form-urlencoded');
    return parameters(config.form).toString();
  }
  if (config.body === undefined) return undefined;
  if (config.method === 'GET' || config.method === 'HEAD')
    throw invalid('body', `cannot be sent with ${config.method}`);
  const file = fileOf(config.body);
  if (file) {
    headers.set('content-length', String(file.$file.size));
    if (!headers.has('content-type')) headers.set('content-type', file.$file.contentType);
    return () => files.open(file);
  }
  const isText = typeof config.body === 'string';
  if (!headers.has('content-type'))
    headers.set('content-type', isText ? 'text/plain; charset=utf-8' : 'application/json');
  return isText ? (config.body as string) : JSON.stringify(config.body);
}

function fileOf(body: unknown): FileReference | null {
  const { $file } = (body ?? {}) as Partial<FileReference>;
  return ID_PATTERN.test(String($file?.id)) && Number.isInteger($file?.size) ? (body as FileReference) : null;
}

function withQuery(url: string, query: NonNullable<HttpRequestConfig['query']>): string {
  const added = parameters(query);
  if (added.size === 0 || !URL.canParse(url)) return url;
  const target = new URL(url);
  for (const [name, value] of added) target.searchParams.append(name, value);
  return target.href;
}

function parameters(fields: NonNullable<HttpRequestConfig['query']>): URLSearchParams {
  const result = new URLSearchParams();
  for (const [name, value] of Object.entries(fields))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== null) result.append(name, String(one));
  return result;
}

function milliseconds(duration: string): number {
  const match = /^([\d.]+)(ms|s|m)$/.exec(duration);
  const value = Math.round(Number(match?.[1]) * (UNITS[match?.[2] ?? ''] ?? NaN));
  if (!(value >= 1 && value <= NO_LIMIT_MS)) throw invalid('timeout', 'must be a duration such as 5s');
  return value;
}

function invalid(path: string, what: string): StepFailure {
  return new StepFailure('config_invalid', `config.${path} ${what}.`, {
    details: { errors: [{ path: `config.${path}`, message: what }] },
  });
}

import { Readable } from 'node:stream';
import type { FileReference } from '@rpa/contracts';
import type { Egress } from '../egress/create-egress.js';
import { StepFailure } from '../step/step-failure.js';
import { readBody } from './read-body.js';
import { readOrSave, type SaveBody } from './read-or-save.js';
import { redirectOf, type HopBody } from './follow-redirect.js';
import { toHttpFailure } from './http-failure.js';
import { readUrl } from './read-url.js';

export interface HttpRequest {
  method: string;
  url: string;
  headers?: Record<string, string>;
  /** Bytes that are made anew for every hop have `content-length` among the headers. */
  body?: HopBody | undefined;
  /** Names of further headers that speak for somebody: dropped with `Authorization` and `Cookie` when a redirect leaves the origin. */
  credentialHeaders?: readonly string[];
  /** For everything together, redirects and the body included. */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Redirects followed before `too_many_redirects`; 0 answers the redirect itself. */
  maxRedirects?: number;
  /** Largest body, as it comes and unpacked; beyond: `response_too_large`. */
  maxBodyBytes?: number;
  /** Where a large body goes instead of into memory. */
  save?: SaveBody;
}

export interface HttpResponse {
  status: number;
  /** Lower-case names; a header that came several times is a list. */
  headers: Record<string, string | string[]>;
  /** Unpacked when it came compressed. */
  body: Buffer;
  /** Where the body is when it was saved; `body` is empty then. */
  file?: FileReference;
  /** Where it came from in the end. */
  url: string;
}

/**
 * Sends one HTTP request through the egress guard.
 * @throws StepFailure `egress_denied`, `config_invalid`, `too_many_redirects`, `response_too_large`, `http_tls` (all
 * final), `http_connection`, `http_timeout` (worth another attempt); whatever status comes back is no error here
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

const MAX_REDIRECTS = 5;
const MAX_BODY_BYTES = 10 * 1024 * 1024;
/** Read so that the connection can be kept. */
const REDIRECT_BODY_BYTES = 16 * 1024;
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);

interface Hop {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body: HopBody | null;
}

export function createHttpClient(egress: Egress): HttpClient {
  return async (request) => {
    const deadline = new AbortController();
    const end = (): void => deadline.abort(request.signal?.reason);
    const timer = setTimeout(() => deadline.abort(timeoutOf(request)), request.timeoutMs);
    request.signal?.addEventListener('abort', end, { once: true });
    if (request.signal?.aborted) end();
    try {
      return await follow(egress, request, deadline.signal);
    } catch (error) {
      throw deadline.signal.aborted ? deadline.signal.reason : toHttpFailure(error);
    } finally {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', end);
    }
  };
}

async function follow(egress: Egress, request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
  const maxRedirects = request.maxRedirects ?? MAX_REDIRECTS;
  let hop: Hop = {
    method: request.method,
    url: readUrl(request.url),
    headers: withDefaults(request.headers ?? {}),
    body: request.body ?? null,
  };
  const first = hop.url;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(egress, hop, signal);
    const next = maxRedirects > 0 ? redirectOf(answer, hop, request.credentialHeaders ?? []) : null;
    if (!next) {
      const head = { status: answer.statusCode, headers: plainHeaders(answer.headers), url: hop.url.href };
      return { ...head, ...(await bodyOf(answer.body, head, request)) };
    }
    await answer.body.dump({ limit: REDIRECT_BODY_BYTES, signal });
    if (redirects >= maxRedirects)
      // Without the query: it may carry a key.
      throw new StepFailure(
        'too_many_redirects',
        `${first.origin}${first.pathname} redirects more than ${maxRedirects} times.`,
      );
    hop = next;
  }
}

/** Bodies of failures are looked at, never kept. */
async function bodyOf(
  content: AsyncIterable<Buffer>,
  { status, headers }: Pick<HttpResponse, 'status' | 'headers'>,
  { save, maxBodyBytes = MAX_BODY_BYTES }: HttpRequest,
): Promise<Pick<HttpResponse, 'body' | 'file'>> {
  if (save && status < 400) return readOrSave(content, headers, maxBodyBytes, save);
  return { body: await readBody(content, headers, Math.min(maxBodyBytes, MAX_BODY_BYTES)) };
}

async function send(egress: Egress, hop: Hop, signal: AbortSignal) {
  const options = () => ({
    origin: hop.url.origin,
    path: `${hop.url.pathname}${hop.url.search}`,
    method: hop.method as never,
    headers: hop.headers,
    body: typeof hop.body === 'function' ? Readable.from(hop.body(), { objectMode: false }) : hop.body,
    signal,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    return await egress.dispatcher.request(options());
  } catch (error) {
    // The server closed a kept connection at the moment that it was used again: not an answer, and safe to repeat.
    if (!REPEATABLE.has(hop.method) || !isClosedConnection(error) || signal.aborted) throw error;
    return egress.dispatcher.request(options());
  }
}

function isClosedConnection(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

function withDefaults(headers: Record<string, string>): Record<string, string> {
  const names = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    ...(!names.has('user-agent') && { 'user-agent': 'rpa-automation-engine' }),
    ...(!names.has('accept-encoding') && { 'accept-encoding': 'gzip, deflate, br' }),
    ...headers,
  };
}

function plainHeaders(headers: Record<string, string | string[] | undefined>): HttpResponse['headers'] {
  const entries = Object.entries(headers).filter(
    (entry): entry is [string, string | string[]] => entry[1] !== undefined,
  );
  return Object.fromEntries(entries);
}

function timeoutOf(request: HttpRequest): StepFailure {
  return new StepFailure('http_timeout', `No complete answer within ${request.timeoutMs} ms.`, {
    retryable: true,
    effectUnknown: true,
  });
}

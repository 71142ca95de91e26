import type { JsonValue } from '@rpa/contracts';
import { StepFailure, type HttpRequest, type HttpResponse, type StepFiles } from '@rpa/step-kit';
import type { HttpRequestConfig, HttpRequestOutput } from './http-request.step.js';

const RETRYABLE = new Set([408, 425, 429]);
const SHOWN_BODY_BYTES = 2 * 1024;
/** Others may hold cookies and tokens. */
const SHOWN_HEADERS = ['content-type', 'retry-after', 'x-request-id', 'www-authenticate', 'date'];
const MAX_SHOWN_HEADER = 200;
const JSON_TYPE = /^[^;]*[/+]json(?:\s*;|$)/i;

/** More than this is never in memory as a whole. */
const KEPT_IN_MEMORY = 1024 * 1024;
const MEDIA_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(;[\x20-\x7e]{0,100})?$/;

type ResponseType = NonNullable<HttpRequestConfig['responseType']>;

/** Large bodies go into a file as they come. What the file is said to be decides how an expression reads it. */
export function saveBody(files: StepFiles, type: ResponseType): NonNullable<HttpRequest['save']> {
  return {
    overBytes: type === 'file' ? 0 : KEPT_IN_MEMORY,
    to: (content, headers) => files.save(content, mediaTypeOf(String(headers['content-type'] ?? ''), type)),
  };
}

function mediaTypeOf(given: string, type: ResponseType): string {
  if (type === 'json') return 'application/json';
  if (type === 'text' && !given.startsWith('text/')) return 'text/plain; charset=utf-8';
  return MEDIA_TYPE.test(given) ? given : 'application/octet-stream';
}

/** Body as the config wants it: JSON, text, or whichever the server says. */
export function readResponse(response: HttpResponse, type: ResponseType): HttpRequestOutput {
  const { status, headers, file } = response;
  if (file) return { status, headers, body: file };
  if (response.body.length === 0) return { status, headers, body: null };
  const asJson = type === 'json' || (type === 'auto' && JSON_TYPE.test(contentType(response)));
  return { status, headers, body: asJson ? readJson(response) : textOf(response) };
}

export function statusFailure(response: HttpResponse): StepFailure {
  const { status } = response;
  const shown = SHOWN_HEADERS.flatMap((name) => {
    const value = response.headers[name];
    return value === undefined ? [] : [[name, String(value).slice(0, MAX_SHOWN_HEADER)]];
  });
  return new StepFailure('http_status', `The server answered with status ${status}.`, {
    retryable: RETRYABLE.has(status) || status >= 500,
    details: {
      status,
      headers: Object.fromEntries(shown) as Record<string, string>,
      body: startOf(response),
    },
  });
}

/** Shorter when its JSON would not fit into the details of an error. */
function startOf(response: HttpResponse): string {
  let text = textOf({ ...response, body: response.body.subarray(0, SHOWN_BODY_BYTES) });
  while (Buffer.byteLength(JSON.stringify(text)) > SHOWN_BODY_BYTES * 1.5) text = text.slice(0, text.length / 2);
  return text;
}

function readJson(response: HttpResponse): JsonValue {
  try {
    return JSON.parse(textOf(response)) as JsonValue;
  } catch {
    throw new StepFailure('http_body_unreadable', 'The body of the response is not valid JSON.', {
      details: { status: response.status, start: textOf(response).slice(0, 200) },
    });
  }
}

function textOf(response: HttpResponse): string {
  const charset = /charset="?([\w-]+)/i.exec(contentType(response))?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(response.body);
  } catch {
    return response.body.toString('utf8');
  }
}

function contentType(response: HttpResponse): string {
  return String(response.headers['content-type'] ?? '');
}

import { StepFailure, type HttpResponse } from '@rpa/step-kit';
import type { JsonValue } from '@rpa/contracts';
import type { HttpRequestConfig, HttpRequestOutput } from './http-request.step.js';

const RETRYABLE = new Set([408, 425, 429]);
const SHOWN_BODY_BYTES = 2 * 1024;
/** Others may hold cookies and tokens. */
const SHOWN_HEADERS = ['content-type', 'retry-after', 'x-request-id', 'www-authenticate', 'date'];
const MAX_SHOWN_HEADER = 200;
const JSON_TYPE = /^[^;]*[/+]json(?:\s*;|$)/i;

/** Body as the config wants it: JSON, text, or whichever the server says. */
export function readResponse(
  response: HttpResponse,
  type: NonNullable<HttpRequestConfig['responseType']>,
): HttpRequestOutput {
  const { status, headers } = response;
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

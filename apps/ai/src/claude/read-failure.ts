import { ClaudeError, type ClaudeErrorKind } from './claude.errors.js';

interface SdkError {
  name?: string;
  status?: number;
  message?: string;
  headers?: { get(name: string): string | null };
  error?: { error?: { message?: unknown } };
}

const MAX_MESSAGE = 500;
const MAX_WAIT_SECONDS = 3_600;

/** What a failed call of the SDK means. Read by its fields: the SDK is loaded late and its classes with it. */
export function readFailure(thrown: unknown): unknown {
  const error = (thrown ?? {}) as SdkError;
  const names = ancestorsOf(thrown);
  if (names.includes('APIUserAbortError')) return thrown;
  if (names.includes('APIConnectionTimeoutError')) return new ClaudeError('timeout', 'Claude did not answer in time.');
  if (names.includes('APIConnectionError')) return new ClaudeError('unreachable', 'Claude cannot be reached.');
  if (typeof error.status !== 'number') return thrown;
  const kind = kindOf(error.status);
  return new ClaudeError(kind, `${MEANING[kind]} (status ${error.status}${reasonOf(error)}).`, retryAfterOf(error));
}

function kindOf(status: number): ClaudeErrorKind {
  if (status === 401 || status === 403) return 'key_refused';
  if (status === 429) return 'rate_limited';
  if (status === 503 || status === 529) return 'overloaded';
  if (status === 408 || status === 409 || status >= 500) return 'failed';
  return 'request_refused';
}

const MEANING: Record<ClaudeErrorKind, string> = {
  not_configured: 'Claude is not configured',
  request_refused: 'Claude refused the request',
  key_refused: 'Claude refused the key of this installation',
  rate_limited: 'Claude allows no more requests at the moment',
  overloaded: 'Claude is overloaded',
  failed: 'Claude failed',
  unreachable: 'Claude cannot be reached',
  timeout: 'Claude did not answer in time',
};

/** What Claude says about it; never about a refused key, which it may quote. */
function reasonOf(error: SdkError): string {
  const message = error.error?.error?.message;
  if (typeof message !== 'string' || error.status === 401 || error.status === 403) return '';
  return `: ${message.slice(0, MAX_MESSAGE)}`;
}

function retryAfterOf(error: SdkError): number | undefined {
  const value = error.headers?.get('retry-after');
  if (!value) return undefined;
  const seconds = /^\d+(\.\d+)?$/.test(value) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return seconds > 0 ? Math.min(Math.ceil(seconds), MAX_WAIT_SECONDS) : undefined;
}

/** Names of the classes that a value is an instance of, nearest first. */
function ancestorsOf(value: unknown): string[] {
  const names: string[] = [];
  let prototype = Object.getPrototypeOf(Object(value)) as { constructor: { name: string } } | null;
  for (; prototype; prototype = Object.getPrototypeOf(prototype) as typeof prototype)
    names.push(prototype.constructor.name);
  return names;
}

import { StepFailure } from '../step/step-failure.js';

const TIMEOUTS = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
/** Nothing of the request can have arrived. */
const BEFORE_SENDING = new Set(['UND_ERR_CONNECT_TIMEOUT', 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH']);
const TLS = /CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_VERIFY|SELF_SIGNED/;

/** What a failed exchange means for a step. */
export function toHttpFailure(thrown: unknown): unknown {
  if (thrown instanceof StepFailure) return thrown;
  const error = thrown as Error & { code?: unknown };
  const code = String(error.code ?? error.name);
  if (code === 'UND_ERR_INVALID_ARG' || code === 'ERR_INVALID_CHAR')
    return new StepFailure('config_invalid', `The request cannot be sent: ${error.message}.`, { cause: error });
  if (TIMEOUTS.has(code))
    return new StepFailure('http_timeout', `The server did not answer in time (${code}).`, {
      retryable: true,
      effectUnknown: !BEFORE_SENDING.has(code),
      cause: error,
    });
  if (TLS.test(code))
    return new StepFailure('http_tls', `The server's certificate was not accepted (${code}).`, { cause: error });
  return new StepFailure('http_connection', `The connection failed (${code}).`, {
    retryable: true,
    effectUnknown: !BEFORE_SENDING.has(code),
    details: { code },
    cause: error,
  });
}

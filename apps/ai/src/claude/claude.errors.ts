import { AppError, type ErrorCode } from '@rpa/contracts';
import { StepFailure } from '@rpa/step-kit';

/** What can go wrong between us and Claude: the code of a route, that of a step, and whether another try may help. */
const KINDS = {
  not_configured: { route: 'not_configured', step: 'ai_not_configured', retryable: false },
  request_refused: { route: 'validation_failed', step: 'ai_request_refused', retryable: false },
  key_refused: { route: 'upstream_failed', step: 'ai_key_refused', retryable: false },
  rate_limited: { route: 'rate_limited', step: 'ai_rate_limited', retryable: true },
  overloaded: { route: 'overloaded', step: 'ai_overloaded', retryable: true },
  failed: { route: 'upstream_failed', step: 'ai_failed', retryable: true },
  unreachable: { route: 'upstream_failed', step: 'ai_unreachable', retryable: true },
  timeout: { route: 'timeout', step: 'ai_timeout', retryable: true },
} as const satisfies Record<string, { route: ErrorCode; step: string; retryable: boolean }>;
export type ClaudeErrorKind = keyof typeof KINDS;

export class ClaudeError extends Error {
  constructor(
    readonly kind: ClaudeErrorKind,
    message: string,
    /** Seconds that Claude asks to wait. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = 'ClaudeError';
  }
}

export function toRouteError(error: unknown): unknown {
  if (!(error instanceof ClaudeError)) return error;
  const { retryAfter } = error;
  return new AppError(KINDS[error.kind].route, error.message, {
    ...(retryAfter !== undefined && { retryAfter }),
    cause: error,
  });
}

export function toStepFailure(error: unknown): unknown {
  if (!(error instanceof ClaudeError)) return error;
  const { step, retryable } = KINDS[error.kind];
  return new StepFailure(step, error.message, {
    retryable,
    ...(error.retryAfter !== undefined && { details: { retryAfter: error.retryAfter } }),
    cause: error,
  });
}

export function notConfigured(): ClaudeError {
  return new ClaudeError('not_configured', 'Claude is not configured: set ANTHROPIC_API_KEY for the service ai.');
}

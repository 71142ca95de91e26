import type { JsonValue, StepError } from '@rpa/contracts';

export function stepError(code: string, message: string, retryable = false, details?: JsonValue): StepError {
  return details === undefined ? { code, message, retryable } : { code, message, retryable, details };
}

export function timeoutError(limitMs: number): StepError {
  return stepError('timeout', `The step exceeded its time limit of ${limitMs} ms`, true, { timeoutMs: limitMs });
}

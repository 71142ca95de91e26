import { INLINE_VALUE_LIMIT, type JsonValue, type StepError, type TaskRef, type TaskResult } from '@rpa/contracts';
import type { StepOutcome } from '@rpa/engine';

const MAX_DETAILS_BYTES = 4 * 1024;

/** Whether a worker's answer has the form of a result of this task. */
export function isResultOf(body: unknown, ref: TaskRef): body is TaskResult {
  const result = body as Partial<TaskResult> | null;
  return (
    isResult(body) &&
    result?.executionId === ref.executionId &&
    result.path === ref.path &&
    result.attempt === ref.attempt
  );
}

export function isResult(body: unknown): body is TaskResult {
  const result = body as Partial<TaskResult> | null;
  return (
    typeof result === 'object' &&
    result !== null &&
    typeof result.executionId === 'string' &&
    typeof result.path === 'string' &&
    Number.isInteger(result.attempt) &&
    Number.isInteger(result.delivery) &&
    typeof result.worker === 'string' &&
    (result.outcome?.status === 'completed' || result.outcome?.status === 'failed')
  );
}

/** The outcome as the journal takes it: bounded, and with every field it must have. */
export function readOutcome(outcome: TaskResult['outcome']): StepOutcome {
  if (outcome.status === 'failed') return { status: 'failed', error: readError(outcome.error) };
  const output: JsonValue = outcome.output ?? null;
  const size = sizeOf(output);
  if (size <= INLINE_VALUE_LIMIT) return { status: 'completed', output };
  return {
    status: 'failed',
    error: {
      code: 'output_too_large',
      message: `The output has ${size} bytes; ${INLINE_VALUE_LIMIT} are allowed.`,
      retryable: false,
    },
  };
}

function readError(error: Partial<StepError> | undefined): StepError {
  const details = error?.details;
  return {
    code: typeof error?.code === 'string' ? error.code.slice(0, 100) : 'step_failed',
    message: typeof error?.message === 'string' ? error.message.slice(0, 2_000) : 'The step failed without a reason.',
    retryable: error?.retryable === true,
    ...(details !== undefined && sizeOf(details) <= MAX_DETAILS_BYTES && { details }),
  };
}

function sizeOf(value: JsonValue): number {
  return Buffer.byteLength(JSON.stringify(value));
}

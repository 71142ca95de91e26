import type { JsonValue, StepError } from '@rpa/contracts';

const MAX_MESSAGE = 2_000;
const MAX_DETAILS_BYTES = 4 * 1024;

/** How a step says that it failed: a code of its descriptor, what was wrong, and whether another attempt may help. */
export class StepFailure extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly details?: JsonValue;
  /** Whether the effect may have happened all the same. A `once` step that fails so waits for a person's decision. */
  readonly effectUnknown: boolean;

  constructor(
    code: string,
    message: string,
    more: { retryable?: boolean; details?: JsonValue | undefined; effectUnknown?: boolean; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'StepFailure';
    this.code = code;
    this.retryable = more.retryable ?? false;
    this.effectUnknown = more.effectUnknown ?? false;
    if (more.details !== undefined) this.details = more.details;
  }
}

/** What travels of anything that a step threw; an error that is no {@link StepFailure} says nothing about the inside. */
export function toStepError(thrown: unknown): StepError {
  if (!(thrown instanceof StepFailure))
    return { code: 'step_crashed', message: 'The step failed in a way that it does not know.', retryable: false };
  const error: StepError = {
    code: thrown.code,
    message: thrown.message.slice(0, MAX_MESSAGE),
    retryable: thrown.retryable,
  };
  if (thrown.details === undefined) return error;
  const bytes = Buffer.byteLength(JSON.stringify(thrown.details));
  return { ...error, details: bytes <= MAX_DETAILS_BYTES ? thrown.details : { omitted: `${bytes} bytes of details` } };
}

import { ERRORS, isErrorCode, type ErrorCode } from './error-codes.js';

/** One fault of a request: `path` is where (`steps[2].config.url`), `code` what, `message` what to do. */
export interface Fault {
  path: string;
  code: string;
  message: string;
  line?: number;
  column?: number;
}

export interface ErrorBody {
  code: ErrorCode;
  detail: string;
  errors?: Fault[];
  /** Seconds after which a repeat makes sense. */
  retryAfter?: number;
}

const BRAND = Symbol.for('rpa.AppError');

/** The one error that services throw on purpose. It crosses NATS as {@link ErrorBody} and HTTP as problem details. */
export class AppError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly errors?: Fault[];
  readonly retryAfter?: number;

  constructor(code: ErrorCode, detail?: string, more: { errors?: Fault[]; retryAfter?: number; cause?: unknown } = {}) {
    super(detail ?? ERRORS[code].title, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'AppError';
    this.code = code;
    if (more.errors) this.errors = more.errors;
    if (more.retryAfter !== undefined) this.retryAfter = more.retryAfter;
    else if ('retryable' in ERRORS[code]) this.retryAfter = 1;
  }

  /** Recognises the error across copies of this module. */
  static is(error: unknown): error is AppError {
    return typeof error === 'object' && error !== null && BRAND in error;
  }

  toBody(): ErrorBody {
    return {
      code: this.code,
      detail: this.message,
      ...(this.errors && { errors: this.errors }),
      ...(this.retryAfter !== undefined && { retryAfter: this.retryAfter }),
    };
  }

  static fromBody(body: Partial<ErrorBody>): AppError {
    const code = isErrorCode(body.code) ? body.code : 'internal';
    return new AppError(code, body.detail, {
      ...(body.errors && { errors: body.errors }),
      ...(body.retryAfter !== undefined && { retryAfter: body.retryAfter }),
    });
  }
}

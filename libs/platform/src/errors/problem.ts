import { ERRORS, type AppError, type Fault } from '@rpa/contracts';

/** RFC 9457 problem details. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors?: Fault[];
  traceId: string | null;
}

export function toProblem(error: AppError, traceId: string | null): Problem {
  const { status, title } = ERRORS[error.code];
  return {
    type: `urn:rpa:error:${error.code}`,
    title,
    status,
    code: error.code,
    detail: error.message,
    ...(error.errors && { errors: error.errors }),
    traceId,
  };
}

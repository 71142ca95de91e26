import { AppError } from '@rpa/contracts';

interface Coded {
  code?: unknown;
  driverError?: { code?: unknown };
  message?: unknown;
}

const CONNECTION_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EHOSTUNREACH']);
/** SQLSTATE classes and codes that mean: PostgreSQL is away, starting or stopping. */
const AWAY = /^(08...|57P0[123]|53300|58...)$/;

/** SQLSTATE of a PostgreSQL error, also inside TypeORM's. */
export function sqlState(error: unknown): string | null {
  const coded = error as Coded | null;
  const code = coded?.driverError?.code ?? coded?.code;
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** Whether the database could not be reached, so that nothing is known to have happened. */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state && AWAY.test(state)) return true;
  const coded = error as Coded | null;
  const code = coded?.driverError?.code ?? coded?.code;
  if (typeof code === 'string' && CONNECTION_CODES.has(code)) return true;
  const message = typeof coded?.message === 'string' ? coded.message : '';
  return /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
    message,
  );
}

/** Turns whatever was thrown into what may leave the service. Unknown errors say nothing about the inside. */
export function toAppError(error: unknown): AppError {
  if (AppError.is(error)) return error;
  if (isDatabaseAway(error)) return new AppError('unavailable', 'PostgreSQL is not reachable.', { cause: error });
  const state = sqlState(error);
  if (state === '57014' || state === '55P03')
    return new AppError('overloaded', 'The database took too long.', { cause: error });
  if (state === '23505') return new AppError('already_exists', undefined, { cause: error });
  if (state === '22021' || state === '22P05')
    return new AppError('validation_failed', 'A text holds a character that cannot be stored (NUL).', { cause: error });
  return new AppError('internal', 'Something failed that should not; the log has the trace id.', { cause: error });
}

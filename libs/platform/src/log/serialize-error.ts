import { sqlState } from '../errors/to-app-error.js';

const MAX_CAUSES = 5;

/**
 * What a log line says of an error: name, text, stack, code and causes. Other properties are left out, for database
 * errors carry the statement's parameters and the row that broke a rule, HTTP errors carry headers.
 */
export function serializeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null ? { type: 'object' } : error;
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' || typeof code === 'number' ? String(code) : sqlState(error);
  return {
    type: error.name,
    message: error.message,
    ...(error.stack && { stack: error.stack }),
    ...(known && { code: known }),
    ...(error.cause !== undefined && depth < MAX_CAUSES && { cause: serializeError(error.cause, depth + 1) }),
  };
}

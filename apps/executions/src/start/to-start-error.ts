import { AppError } from '@rpa/contracts';
import { isDatabaseAway, sqlState } from '@rpa/platform';
import { CommitsClosed, Fenced, RecordRefused } from '../commit/commit.errors.js';

/** What the caller is told about a start that failed. */
export function toStartError(error: unknown): unknown {
  if (error instanceof Fenced || error instanceof CommitsClosed || isDatabaseAway(error))
    return new AppError('unavailable', 'The start could not be made durable; try again.', { cause: error });
  const cause = error instanceof RecordRefused ? error.cause : error;
  const state = sqlState(cause);
  if (!(error instanceof RecordRefused) && !/^(22|54)/.test(state ?? '')) return error;
  const nul = state === '22021';
  const reason = nul
    ? 'A text holds a character that cannot be stored (NUL).'
    : 'The inputs are nested too deeply or too large to be stored.';
  return new AppError('validation_failed', reason, { cause: error });
}

import { AppError } from '@rpa/contracts';
import type { RouteInput } from './define-route.js';
import { parseDuration } from './duration.js';

/**
 * Milliseconds of a query parameter that holds a duration (`?wait=30s`), undefined when it is absent.
 * @throws `validation_failed` when it is no duration, or longer than `maxMs`
 */
export function queryDuration(input: RouteInput, name: string, maxMs: number): number | undefined {
  const value = input.query[name];
  if (value === undefined) return undefined;
  const ms = typeof value === 'string' ? parseDuration(value) : null;
  if (ms !== null && ms <= maxMs) return ms;
  const message = ms === null ? 'must be one duration such as 500ms, 30s or 5m' : `must be at most ${maxMs / 1_000}s`;
  throw new AppError('validation_failed', `The query parameter '${name}' ${message}.`, {
    errors: [{ path: name, code: 'duration', message }],
  });
}

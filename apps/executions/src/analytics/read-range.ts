import { AppError, type AnalyticsRequest } from '@rpa/contracts';
import { readTime } from '../read/list-executions.js';
import type { Grain, Range } from './stats.repository.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
const MOST_MS = 400 * DAY_MS;
/** Up to this the sums of hours are read, beyond it those of days. */
const BY_HOUR_MS = WEEK_MS + DAY_MS;

export const GRAIN_MS: Readonly<Record<Grain, number>> = { hour: HOUR_MS, day: DAY_MS };

/** The time that is asked for, by whole hours or days. @throws `validation_failed` */
export function readRange(organizationId: string, { from, to }: AnalyticsRequest, wanted?: Grain): Range {
  const end = to === undefined ? Date.now() : readTime('to', to);
  const start = from === undefined ? end - WEEK_MS : readTime('from', from);
  if (start >= end) throw refused('from', 'must be before `to`');
  if (end - start > MOST_MS) throw refused('from', 'must be at most 400 days before `to`');
  const grain = wanted ?? (end - start <= BY_HOUR_MS ? 'hour' : 'day');
  const step = GRAIN_MS[grain];
  return {
    organizationId,
    grain,
    from: new Date(Math.floor(start / step) * step).toISOString(),
    to: new Date(Math.ceil(end / step) * step).toISOString(),
  };
}

export function refused(path: string, message: string): AppError {
  return new AppError('validation_failed', `'${path}' ${message}.`, { errors: [{ path, code: 'range', message }] });
}

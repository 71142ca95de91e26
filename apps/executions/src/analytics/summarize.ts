import type { RunCounts, Times } from '@rpa/contracts';
import type { RunsRow, TimesRow } from './stats.repository.js';
import { percentile } from './time-buckets.js';

export function countsOf(rows: readonly RunsRow[]): RunCounts {
  const of = (status: string): number =>
    rows.filter((row) => row.status === status).reduce((sum, { runs }) => sum + runs, 0);
  const [completed, failed, cancelled, timedOut] = [of('completed'), of('failed'), of('cancelled'), of('timed_out')];
  const judged = completed + failed + timedOut;
  return {
    runs: judged + cancelled,
    completed,
    failed,
    cancelled,
    timedOut,
    successRate: judged === 0 ? null : Math.round((completed / judged) * 10_000) / 10_000,
  };
}

export function timesOf(metric: TimesRow['metric'], runs: readonly RunsRow[], times: readonly TimesRow[]): Times {
  const all = runs.reduce((sum, row) => sum + row.runs, 0);
  const total = runs.reduce((sum, row) => sum + (metric === 'queue' ? row.queueMs : row.durationMs), 0);
  const buckets = times.filter((row) => row.metric === metric);
  return {
    avg: all === 0 ? null : Math.round(total / all),
    p50: percentile(buckets, 0.5),
    p95: percentile(buckets, 0.95),
    p99: percentile(buckets, 0.99),
  };
}

/** Rows by what `key` makes of them, in the order in which the keys come. */
export function groupBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(key(row));
    if (group) group.push(row);
    else groups.set(key(row), [row]);
  }
  return groups;
}

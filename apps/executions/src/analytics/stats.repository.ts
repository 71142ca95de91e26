import type { Pool } from 'pg';
import { ALL_WORKFLOWS } from './counts.repository.js';

export type Grain = 'hour' | 'day';

/** Part of an organization's runs: ended from `from` on and before `to`, by whole hours or days. */
export interface Range {
  organizationId: string;
  grain: Grain;
  from: string;
  to: string;
}

export interface RunsRow {
  workflowId: string;
  at: Date;
  status: string;
  runs: number;
  durationMs: number;
  queueMs: number;
}

export interface TimesRow {
  workflowId: string;
  at: Date;
  metric: 'duration' | 'queue';
  bucket: number;
  runs: number;
}

const LIVE = ['pending', 'running', 'waiting', 'paused', 'needs_decision'] as const;

/** Reads the aggregates. What a question needs is a range of an index, however many runs there are. */
export class StatsRepository {
  constructor(private readonly pool: Pool) {}

  /** Sums by status, over all workflows together or one; with `each` by hour or day too. */
  async runs(range: Range, workflowId = ALL_WORKFLOWS, each = false): Promise<RunsRow[]> {
    const { rows } = await this.pool.query<RunsRow>(
      `SELECT workflow_id AS "workflowId", ${each ? 'at' : 'min(at) AS at'}, status, sum(runs)::float8 AS runs,
              sum(duration_ms)::float8 AS "durationMs", sum(queue_ms)::float8 AS "queueMs"
         FROM executions.stats_runs
        WHERE organization_id = $1::uuid AND grain = $2 AND workflow_id = $3::uuid
          AND at >= $4::timestamptz AND at < $5::timestamptz
        GROUP BY workflow_id, status ${each ? ', at' : ''}`,
      [range.organizationId, range.grain, workflowId, range.from, range.to],
    );
    return rows;
  }

  async times(range: Range, workflowId = ALL_WORKFLOWS, each = false): Promise<TimesRow[]> {
    const { rows } = await this.pool.query<TimesRow>(
      `SELECT workflow_id AS "workflowId", ${each ? 'at' : 'min(at) AS at'}, metric, bucket, sum(runs)::float8 AS runs
         FROM executions.stats_times
        WHERE organization_id = $1::uuid AND grain = $2 AND workflow_id = $3::uuid
          AND at >= $4::timestamptz AND at < $5::timestamptz
        GROUP BY workflow_id, metric, bucket ${each ? ', at' : ''}`,
      [range.organizationId, range.grain, workflowId, range.from, range.to],
    );
    return rows;
  }

  /** Sums of every workflow that had ended runs, by status. */
  async runsByWorkflow(range: Range, limit: number): Promise<(RunsRow & { name: string })[]> {
    const { rows } = await this.pool.query<RunsRow & { name: string }>(
      `SELECT s.workflow_id AS "workflowId", w.name, s.status, sum(s.runs)::float8 AS runs,
              sum(s.duration_ms)::float8 AS "durationMs", sum(s.queue_ms)::float8 AS "queueMs"
         FROM executions.stats_runs s
         JOIN executions.stats_workflows w ON w.organization_id = s.organization_id AND w.workflow_id = s.workflow_id
        WHERE s.organization_id = $1::uuid AND s.grain = $2 AND s.at >= $3::timestamptz AND s.at < $4::timestamptz
        GROUP BY s.workflow_id, w.name, s.status LIMIT $5::int`,
      [range.organizationId, range.grain, range.from, range.to, limit],
    );
    return rows;
  }

  async timesOf(range: Range, workflowIds: readonly string[]): Promise<TimesRow[]> {
    const { rows } = await this.pool.query<TimesRow>(
      `SELECT workflow_id AS "workflowId", min(at) AS at, metric, bucket, sum(runs)::float8 AS runs
         FROM executions.stats_times
        WHERE organization_id = $1::uuid AND grain = $2 AND workflow_id = ANY ($3::uuid[])
          AND at >= $4::timestamptz AND at < $5::timestamptz
        GROUP BY workflow_id, metric, bucket`,
      [range.organizationId, range.grain, workflowIds, range.from, range.to],
    );
    return rows;
  }

  async steps(
    range: Range,
    workflowId: string,
  ): Promise<
    {
      step: string;
      type: string;
      runs: number;
      attempts: number;
      failures: number;
      durationMs: number;
      longestMs: number;
    }[]
  > {
    const { rows } = await this.pool.query(
      `SELECT step, max(type) AS type, sum(runs)::float8 AS runs, sum(attempts)::float8 AS attempts,
              sum(failures)::float8 AS failures, sum(duration_ms)::float8 AS "durationMs",
              max(longest_ms)::float8 AS "longestMs"
         FROM executions.stats_steps
        WHERE organization_id = $1::uuid AND workflow_id = $2::uuid AND day >= $3::timestamptz AND day < $4::timestamptz
        GROUP BY step ORDER BY sum(duration_ms) DESC, step LIMIT 500`,
      [range.organizationId, workflowId, range.from, range.to],
    );
    return rows as never;
  }

  /** Runs that have not ended, by status; each counted up to `most`. */
  async live(organizationId: string, most: number): Promise<Record<(typeof LIVE)[number], number>> {
    // Each status as a constant: the planner knows how rare it is, and never reads through all runs for it.
    const counts = LIVE.map(
      (status) => `SELECT '${status}' AS status, (SELECT count(*) FROM (SELECT FROM executions.executions
          WHERE organization_id = $1::uuid AND status = '${status}' AND NOT test AND deleted_at IS NULL
          LIMIT $2::int) found)::int AS runs`,
    );
    const { rows } = await this.pool.query<{ status: string; runs: number }>(counts.join(' UNION ALL '), [
      organizationId,
      most,
    ]);
    return Object.fromEntries(rows.map(({ status, runs }) => [status, runs])) as never;
  }
}

import type { Pool } from 'pg';
import { idAt } from '../journal/journal-partitions.js';

const DAY_MS = 86_400_000;

/** Days of the policy that a run `e` falls under; null: it is kept for ever. */
const DAYS_OF = (column: 'days' | 'logs_days'): string =>
  `(SELECT p.${column} FROM executions.retention_policies p
     WHERE p.organization_id = e.organization_id AND (p.workflow_id = e.workflow_id OR p.workflow_id IS NULL)
       AND p.deleted_at IS NULL
     ORDER BY p.workflow_id NULLS LAST LIMIT 1)`;

const HELD = `EXISTS (SELECT FROM executions.legal_holds h
  WHERE h.organization_id = e.organization_id AND h.deleted_at IS NULL
    AND (h.workflow_id IS NULL OR h.workflow_id = e.workflow_id)
    AND (h.execution_id IS NULL OR h.execution_id = e.id))`;

/** Ended, and neither a rerun nor a workflow for bad ends still needs it. */
const DONE = `e.status IN ('completed', 'failed', 'cancelled', 'timed_out') AND e.owner IS NULL
  AND NOT EXISTS (SELECT FROM executions.adoptions a WHERE a.organization_id = e.organization_id AND a.source_id = e.id)
  AND NOT EXISTS (SELECT FROM executions.on_failure_starts f WHERE f.execution_id = e.id)`;

/** Everything of a run beside its row. */
const PARTS = ['journal', 'snapshots', 'logs', 'log_sizes', 'labels', 'approvals', 'inbox', 'timers'];

export interface Expired {
  organizationId: string;
  /** Ended longer ago than this many days at least, whatever the policy. */
  atLeastDays: number;
}

export interface Chunk {
  /** Of the runs that were deleted. */
  deleted: string[];
  /** Where the next chunk begins; null when there are no more runs old enough. */
  next: string | null;
}

/** Deletes what policies have given up. Bounded statements: each looks at so many runs, in the order of their ids. */
export class RetentionRepository {
  constructor(private readonly pool: Pool) {}

  /** Organizations whose policies give something up, and the fewest days of them. Of the whole system. */
  async withPolicies(): Promise<Expired[]> {
    const { rows } = await this.pool.query<Expired>(
      `SELECT organization_id AS "organizationId", min(least(days, logs_days)) AS "atLeastDays"
         FROM executions.retention_policies
        WHERE deleted_at IS NULL AND (days IS NOT NULL OR logs_days IS NOT NULL) GROUP BY organization_id`,
    );
    return rows;
  }

  /** Deletes what is over among the next `look` runs after `after`, test runs or the others. */
  async deleteRuns(
    { organizationId, atLeastDays }: Expired,
    tests: boolean,
    after: string,
    look: number,
  ): Promise<Chunk> {
    const before = idAt(Date.now() - atLeastDays * DAY_MS);
    const parts = PARTS.map(
      (table) => `gone_${table} AS (DELETE FROM executions.${table} t USING gone WHERE t.execution_id = gone.id)`,
    );
    const { rows } = await this.pool.query<{ deleted: string[] | null; last: string | null; seen: number }>(
      `WITH seen AS MATERIALIZED (
         SELECT e.* FROM executions.executions e
          WHERE e.organization_id = $1::uuid AND e.id > $2::uuid AND e.id < $3::uuid AND e.deleted_at IS NULL
            AND ${tests ? 'e.test' : 'NOT e.test'}
          ORDER BY e.id LIMIT $4::int
       ), gone AS MATERIALIZED (
         SELECT e.id FROM seen e
          WHERE ${DONE} AND e.completed_at < now() - make_interval(days => ${DAYS_OF('days')}) AND NOT ${HELD}
       ), ${parts.join(', ')}, deleted AS (
         DELETE FROM executions.executions x USING gone
          WHERE x.organization_id = $1::uuid AND x.id = gone.id RETURNING x.id
       )
       SELECT (SELECT array_agg(id::text) FROM deleted) AS deleted, (SELECT max(id::text) FROM seen) AS last,
              (SELECT count(*) FROM seen)::int AS seen`,
      [organizationId, after, before, look],
    );
    const [row] = rows;
    return { deleted: row?.deleted ?? [], next: row && row.seen === look ? row.last : null };
  }

  /** Deletes the logs of runs that ended long enough ago; returns how many runs. */
  async deleteLogs(organizationId: string, limit: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `WITH over AS MATERIALIZED (
         SELECT s.execution_id FROM executions.log_sizes s
           JOIN executions.executions e ON e.id = s.execution_id AND e.organization_id = s.organization_id
          WHERE s.organization_id = $1::uuid
            AND e.completed_at < now() - make_interval(days => ${DAYS_OF('logs_days')}) AND NOT ${HELD}
          ORDER BY s.execution_id LIMIT $2::int
       ), lines AS (
         DELETE FROM executions.logs l USING over WHERE l.execution_id = over.execution_id
       )
       DELETE FROM executions.log_sizes s USING over
        WHERE s.organization_id = $1::uuid AND s.execution_id = over.execution_id`,
      [organizationId, limit],
    );
    return rowCount ?? 0;
  }

  /** What would be deleted, by workflow; `days`: as if the organization's own policy said so. */
  async expired(
    organizationId: string,
    days: number | null,
    most: number,
  ): Promise<{ workflowId: string; workflowName: string; held: boolean; executions: number; oldest: Date }[]> {
    const { rows } = await this.pool.query(
      `SELECT workflow_id AS "workflowId", max(workflow_name) AS "workflowName", held, count(*)::int AS executions,
              min(completed_at) AS oldest
         FROM (SELECT e.workflow_id, e.workflow_name, e.completed_at, ${HELD} AS held FROM executions.executions e
                WHERE e.organization_id = $1::uuid AND e.deleted_at IS NULL AND ${DONE}
                  AND e.completed_at < now() - make_interval(days => CASE
                        WHEN $2::int IS NULL OR EXISTS (SELECT FROM executions.retention_policies p
                          WHERE p.organization_id = e.organization_id AND p.workflow_id = e.workflow_id
                            AND p.deleted_at IS NULL)
                        THEN ${DAYS_OF('days')} ELSE $2::int END)
                LIMIT $3::int) over
        GROUP BY workflow_id, held ORDER BY executions DESC LIMIT 1000`,
      [organizationId, days, most],
    );
    return rows as never;
  }
}

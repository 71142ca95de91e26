import type { ExecutionChange, ExecutionStatus } from '@rpa/contracts';
import type { Pool } from 'pg';

/** Up to where rows are settled: a change before it cannot appear any more. */
export interface ChangePosition {
  at: string;
  id: string;
}

/** Nobody's commit is held up by more than its own statement; a clock of the database is read to milliseconds. */
const MARGIN = '250 milliseconds';
/** Names of the connections that write rows; these have the time at which their transaction began. */
const WRITERS = 'rpa-executions%';

export const FIRST_ID = '00000000-0000-0000-0000-000000000000';
export const LAST_ID = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/** Executions in the order in which their rows changed. */
export class ChangesRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * The moment before which every change is visible: rows carry the time at which their commit began, and those that
   * began before the oldest one still under way are all there.
   */
  async settledUntil(): Promise<string> {
    const { rows } = await this.pool.query<{ until: Date }>(
      `SELECT least(clock_timestamp() - $1::interval,
                    min(xact_start) - interval '1 millisecond') AS until
         FROM pg_stat_activity WHERE application_name LIKE $2 AND datname = current_database() AND state <> 'idle' AND pid <> pg_backend_pid()`,
      [MARGIN, WRITERS],
    );
    return (rows[0]?.until ?? new Date(0)).toISOString();
  }

  /** Changes of production and test runs after a position and up to `until`, oldest first. */
  async page(
    organizationId: string,
    after: ChangePosition,
    until: string,
    { workflowId, limit }: { workflowId?: string; limit: number },
  ): Promise<ExecutionChange[]> {
    const { rows } = await this.pool.query<{ id: string; workflowId: string; status: ExecutionStatus; at: Date }>(
      `SELECT id, workflow_id AS "workflowId", status, updated_at AS at FROM executions.executions
        WHERE organization_id = $1::uuid AND (updated_at, id) > ($2::timestamptz, $3::uuid)
          AND updated_at <= $4::timestamptz AND ($5::uuid IS NULL OR workflow_id = $5::uuid) AND deleted_at IS NULL
        ORDER BY updated_at, id LIMIT $6::int`,
      [organizationId, after.at, after.id, until, workflowId ?? null, limit],
    );
    return rows.map(({ id, at, ...change }) => ({ executionId: id, ...change, at: at.toISOString() }));
  }
}

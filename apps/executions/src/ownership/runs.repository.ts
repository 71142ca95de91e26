import type { ExecutionStatus } from '@rpa/contracts';
import type { Pool } from 'pg';

export interface Claimable {
  id: string;
  /** Lease that still stands on the run although it is gone; null: nobody owns it. */
  former: string | null;
}

export interface ClaimedRun {
  id: string;
  organizationId: string;
  workflowId: string;
  versionId: string;
  status: ExecutionStatus;
  traceparent: string | null;
  waitReply: string | null;
  parentId: string | null;
  parentPath: string | null;
  parentAttempt: number | null;
  settled: number;
  total: number;
  former: string | null;
  /** Lane of flow control of which it holds a slot. */
  slot: string | null;
}

/** Who owns which run. Recovery and sweep work for the whole system: they read and write across organizations. */
export class RunsRepository {
  constructor(private readonly pool: Pool) {}

  /** Runs whose owner's lease is gone, runs that were released, and waiting runs with a timer that is due. */
  async claimable(limit: number): Promise<Claimable[]> {
    const { rows } = await this.pool.query<Claimable>(
      `WITH RECURSIVE owners (owner) AS (
         SELECT min(owner) FROM executions.executions WHERE owner IS NOT NULL
         UNION ALL
         SELECT (SELECT min(e.owner) FROM executions.executions e WHERE e.owner > o.owner)
           FROM owners o WHERE o.owner IS NOT NULL
       ), gone AS (
         SELECT o.owner FROM owners o
          WHERE o.owner IS NOT NULL AND NOT EXISTS (SELECT FROM executions.leases l WHERE l.id = o.owner)
       )
       (SELECT e.id, e.owner AS former FROM gone g
          CROSS JOIN LATERAL (SELECT x.id, x.owner FROM executions.executions x
                               WHERE x.owner = g.owner ORDER BY x.id LIMIT $1) e)
       UNION ALL
       (SELECT id, NULL FROM executions.executions
         WHERE owner IS NULL AND status IN ('pending', 'running') AND held_back IS NULL ORDER BY id LIMIT $1)
       UNION ALL
       (SELECT execution_id, NULL FROM executions.timers WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1)`,
      [limit],
    );
    return rows;
  }

  /** Takes those of them that are still as they were seen; what another replica is taking right now is skipped. */
  async claim(leaseId: string, wanted: readonly Claimable[], limit: number): Promise<ClaimedRun[]> {
    const { rows } = await this.pool.query<ClaimedRun>(
      `WITH held AS (
         SELECT id FROM executions.leases WHERE id = $1::bigint AND expires_at > clock_timestamp() FOR KEY SHARE
       ), mine AS (
         SELECT e.id, e.owner AS former
           FROM held, unnest($2::uuid[], $3::bigint[]) AS w (id, former)
           JOIN executions.executions e ON e.id = w.id AND e.owner IS NOT DISTINCT FROM w.former
          WHERE e.status IN ('pending', 'running', 'waiting', 'paused', 'needs_decision')
          ORDER BY e.priority DESC, e.id LIMIT $4 FOR UPDATE OF e SKIP LOCKED
       ), cleared AS (
         DELETE FROM executions.timers t USING mine m WHERE t.execution_id = m.id
       ), unqueued AS (
         DELETE FROM executions.start_queue q USING mine m WHERE q.execution_id = m.id
       )
       UPDATE executions.executions e
          SET owner = $1::bigint, updated_at = now(), held_back = NULL,
              status = CASE WHEN e.status = 'waiting' THEN 'running' ELSE e.status END
         FROM mine m WHERE e.id = m.id
       RETURNING e.id, e.organization_id AS "organizationId", e.workflow_id AS "workflowId",
                 e.version_id AS "versionId", e.status, e.traceparent, e.wait_reply AS "waitReply",
                 e.parent_id AS "parentId", e.parent_path AS "parentPath", e.parent_attempt AS "parentAttempt",
                 e.settled, e.total, m.former, e.lane AS slot`,
      [leaseId, wanted.map((run) => run.id), wanted.map((run) => run.former), limit],
    );
    return rows;
  }

  /** Those of these runs that have ended. */
  async ended(executionIds: readonly string[]): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `SELECT id FROM executions.executions
        WHERE id = ANY ($1::uuid[]) AND status IN ('completed', 'failed', 'cancelled', 'timed_out')`,
      [executionIds],
    );
    return rows.map((row) => row.id);
  }

  /** The execution that a start key belongs to. */
  async byStartKey(
    organizationId: string,
    source: string,
    key: string,
  ): Promise<{ executionId: string; fingerprint: string | null } | null> {
    const { rows } = await this.pool.query<{ executionId: string; fingerprint: string | null }>(
      `SELECT execution_id AS "executionId", fingerprint FROM executions.start_keys
        WHERE organization_id = $1::uuid AND source = $2::text AND key = $3::text`,
      [organizationId, source, key],
    );
    return rows[0] ?? null;
  }

  /** Forgets start keys that nobody repeats any more, of all organizations; returns how many. */
  async forgetStartKeys(olderThan: string, limit: number): Promise<number> {
    const result = await this.pool.query(
      `DELETE FROM executions.start_keys WHERE ctid = ANY (ARRAY (
         SELECT ctid FROM executions.start_keys
          WHERE created_at < now() - $1::interval LIMIT $2::int))`,
      [olderThan, limit],
    );
    return result.rowCount ?? 0;
  }
}

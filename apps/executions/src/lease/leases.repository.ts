import type { Pool } from 'pg';

/** The rows that say which replicas live. Of the whole system: they belong to no organization. */
export class LeasesRepository {
  constructor(private readonly pool: Pool) {}

  async take(replica: string, leaseMs: number): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      `INSERT INTO executions.leases (replica, expires_at)
       VALUES ($1, clock_timestamp() + $2::int * interval '1 ms') RETURNING id`,
      [replica, leaseMs],
    );
    if (!rows[0]) throw new Error('PostgreSQL gave no lease.');
    return rows[0].id;
  }

  /**
   * Ends a lease, which waits for its commits in flight, and sets its runs free for others. Waiting runs that happen to
   * be in memory get a timer, so that they are found too. A run whose start was in flight keeps the dead owner, which
   * the sweep finds.
   */
  async giveBack(leaseId: string): Promise<void> {
    await this.pool.query(
      `WITH ended AS (
         DELETE FROM executions.leases WHERE id = $1::bigint RETURNING id
       ), freed AS (
         UPDATE executions.executions e SET owner = NULL, updated_at = now()
           FROM ended WHERE e.owner = ended.id RETURNING e.id, e.status
       )
       INSERT INTO executions.timers (execution_id, timer, due_at)
       SELECT id, 'released', clock_timestamp() FROM freed WHERE status NOT IN ('pending', 'running')
       ON CONFLICT (execution_id, timer) DO NOTHING`,
      [leaseId],
    );
  }

  /**
   * Takes the leases away that have expired, and with each the right to write. A row that a commit in flight has locked
   * is left for the next time. For one lease time after a start of PostgreSQL nobody's is taken: nobody could renew it.
   */
  async takeOverExpired(ownLeaseId: string, leaseMs: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ replica: string }>(
      `DELETE FROM executions.leases WHERE id IN (
         SELECT id FROM executions.leases
          WHERE expires_at < clock_timestamp() AND id <> $1::bigint
            AND clock_timestamp() > pg_postmaster_start_time() + $2::int * interval '1 ms'
          ORDER BY id LIMIT 20 FOR UPDATE SKIP LOCKED)
       RETURNING replica`,
      [ownLeaseId, leaseMs],
    );
    return rows.map((row) => row.replica);
  }

  /** Which replica drives each of these runs; those that nobody drives are left out. */
  async replicasOf(executionIds: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.pool.query<{ id: string; replica: string }>(
      `SELECT e.id, l.replica FROM executions.executions e JOIN executions.leases l ON l.id = e.owner
        WHERE e.id = ANY ($1::uuid[])`,
      [executionIds],
    );
    return new Map(rows.map((row) => [row.id, row.replica]));
  }
}

import type { PoolClient } from 'pg';
import type { Lane, Rate } from './held-start.js';

const OPEN = `('pending', 'running', 'waiting', 'paused', 'needs_decision')`;

/** What is counted before a start is accepted. */
export class CountsRepository {
  /** Runs of a lane that hold a slot or wait for one, counted as far as the limit. */
  async inLane(client: PoolClient, organizationId: string, { key, limit }: Lane): Promise<number> {
    const { rows } = await client.query<{ runs: number }>(
      `SELECT count(*)::int AS runs FROM (
         (SELECT FROM executions.executions
           WHERE organization_id = $1::uuid AND lane = $2::text AND status IN ${OPEN} LIMIT $3::int)
         UNION ALL
         (SELECT FROM executions.start_queue
           WHERE stage = 'concurrency' AND organization_id = $1::uuid AND gate = $2::text LIMIT $3::int)) r`,
      [organizationId, key, limit],
    );
    return rows[0]?.runs ?? 0;
  }

  /** Milliseconds until a rate has room for one more, those that wait counted; null: it has. */
  async rateFullFor(
    client: PoolClient,
    organizationId: string,
    { key, limit, periodMs }: Rate,
  ): Promise<number | null> {
    const { rows } = await client.query<{ runs: number; free_in: number | null }>(
      `WITH taken AS (
         SELECT rated_at FROM executions.executions
          WHERE organization_id = $1::uuid AND rate_lane = $2::text
            AND rated_at > statement_timestamp() - $4::int * interval '1 ms'
          ORDER BY rated_at DESC LIMIT $3::int
       ), waiting AS (
         SELECT FROM executions.start_queue
          WHERE organization_id = $1::uuid AND rate_lane = $2::text AND stage <> 'debounce' LIMIT $3::int
       )
       SELECT (SELECT count(*) FROM taken)::int + (SELECT count(*) FROM waiting)::int AS runs,
              (SELECT extract(epoch FROM min(rated_at) - statement_timestamp()) * 1000 + $4::int FROM taken)::float AS free_in`,
      [organizationId, key, limit, periodMs],
    );
    const runs = rows[0]?.runs ?? 0;
    return runs < limit ? null : Math.max(1, rows[0]?.free_in ?? periodMs);
  }

  /** Whether a run above this one holds a slot of the lane: waiting for it would never end. */
  async heldAbove(client: PoolClient, organizationId: string, parentId: string, lane: string): Promise<boolean> {
    const { rows } = await client.query<{ held: boolean }>(
      `WITH RECURSIVE above AS (
         SELECT parent_id, lane FROM executions.executions WHERE id = $2::uuid AND organization_id = $1::uuid
         UNION ALL
         SELECT e.parent_id, e.lane FROM above a
           JOIN executions.executions e ON e.id = a.parent_id AND e.organization_id = $1::uuid
       )
       SELECT EXISTS (SELECT FROM above WHERE lane = $3::text) AS held`,
      [organizationId, parentId, lane],
    );
    return rows[0]?.held ?? false;
  }
}

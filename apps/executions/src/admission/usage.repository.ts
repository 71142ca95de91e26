import type { ReadQuotasReply } from '@rpa/contracts';
import type { Pool } from 'pg';
import { idAt } from '../journal/journal-partitions.js';
import type { Gate, Stage } from './held-start.js';

export interface QueuedStarts {
  organizationId: string;
  queued: number;
  /** Of these, those that wait for a place only. */
  forCapacity: number;
}

type Used = { [Name in keyof ReadQuotasReply]: number };
const MINUTE_MS = 60_000;

/** What is used of the installation's capacity, and which gates there are. Works for all organizations. */
export class UsageRepository {
  constructor(private readonly pool: Pool) {}

  async queued(): Promise<QueuedStarts[]> {
    const { rows } = await this.pool.query<QueuedStarts>(
      `SELECT organization_id AS "organizationId", count(*)::int AS queued,
              count(*) FILTER (WHERE stage = 'capacity')::int AS "forCapacity"
         FROM executions.start_queue GROUP BY organization_id`,
    );
    return rows;
  }

  /** Starts since the beginning of the present minute, counted up to `most`. */
  async startsThisMinute(organizationId: string, now: number, most: number): Promise<number> {
    const { rows } = await this.pool.query<{ starts: number }>(
      `SELECT count(*)::int AS starts FROM (
         SELECT FROM executions.executions
          WHERE organization_id = $1::uuid AND id >= $2::uuid AND deleted_at IS NULL AND NOT test LIMIT $3::int) s`,
      [organizationId, idAt(now - (now % MINUTE_MS)), most],
    );
    return rows[0]?.starts ?? 0;
  }

  async of(organizationId: string, now: number): Promise<Used> {
    const { rows } = await this.pool.query<Used>(
      `SELECT (SELECT count(*) FROM executions.start_queue WHERE organization_id = $1::uuid)::int AS queued,
              ((SELECT count(*) FROM executions.executions
                 WHERE organization_id = $1::uuid AND deleted_at IS NULL AND NOT test
                   AND status IN ('running', 'waiting', 'paused', 'needs_decision'))
             + (SELECT count(*) FROM executions.executions
                 WHERE organization_id = $1::uuid AND status = 'pending' AND held_back IS NULL))::int AS running,
              (SELECT count(*) FROM executions.executions
                WHERE organization_id = $1::uuid AND id >= $2::uuid AND deleted_at IS NULL AND NOT test)::int AS "startsPerMinute"`,
      [organizationId, idAt(now - (now % MINUTE_MS))],
    );
    return rows[0] ?? { queued: 0, running: 0, startsPerMinute: 0 };
  }

  /** Gates of which one start is to be looked at now, for its time has come. */
  async due(limit: number): Promise<Gate[]> {
    const { rows } = await this.pool.query<Gate>(
      `SELECT DISTINCT q.stage, q.organization_id AS "organizationId", q.gate AS key
         FROM (SELECT stage, organization_id, gate FROM executions.start_queue
                WHERE due_at <= statement_timestamp() ORDER BY due_at LIMIT $1::int) q`,
      [limit],
    );
    return rows;
  }

  /** Gates at which starts wait, `after` the last that was looked at; from the first again after the last. */
  async gates(after: Gate | null, limit: number): Promise<Gate[]> {
    const { rows } = await this.pool.query<{ stage: Stage; organizationId: string; key: string }>(
      `WITH RECURSIVE gates AS (
         (SELECT stage, organization_id, gate, 1 AS number FROM executions.start_queue
           WHERE (stage, organization_id, gate) > ($1::text, $2::uuid, $3::text)
           ORDER BY stage, organization_id, gate LIMIT 1)
         UNION ALL
         SELECT n.stage, n.organization_id, n.gate, g.number + 1
           FROM gates g, LATERAL (
             SELECT stage, organization_id, gate FROM executions.start_queue q
              WHERE (q.stage, q.organization_id, q.gate) > (g.stage, g.organization_id, g.gate)
              ORDER BY stage, organization_id, gate LIMIT 1) n
          WHERE g.number < $4::int
       )
       SELECT stage, organization_id AS "organizationId", gate AS key FROM gates WHERE stage <> 'debounce'`,
      [after?.stage ?? '', after?.organizationId ?? '00000000-0000-0000-0000-000000000000', after?.key ?? '', limit],
    );
    return rows;
  }
}

import type { Pool } from 'pg';
import type { InboxRow } from '../commit/append.js';

export interface StoredStimulus {
  id: string;
  execution_id: string;
  kind: string;
  body: unknown;
}

export interface InboxOwner {
  executionId: string;
  owner: string | null;
}

const OPEN = `('pending', 'running', 'waiting', 'paused', 'needs_decision')`;

/** What happened to runs from outside, until their journal has it. Recovery reads it across organizations. */
export class InboxRepository {
  constructor(private readonly pool: Pool) {}

  /**
   * Keeps a stimulus for a run that has not ended, once a key. False: the organization has no such run, or it has ended,
   * and nothing was kept.
   */
  async post(row: InboxRow): Promise<boolean> {
    const { rows } = await this.pool.query<{ open: boolean }>(
      `WITH target AS (
         SELECT id, organization_id FROM executions.executions
          WHERE id = $3::uuid AND organization_id = $2::uuid AND deleted_at IS NULL AND status IN ${OPEN}
       ), posted AS (
         INSERT INTO executions.inbox (id, organization_id, execution_id, kind, dedupe_key, body)
         SELECT $1::uuid, t.organization_id, t.id, $4::text, $5::text, $6::json FROM target t
         ON CONFLICT (execution_id, dedupe_key) DO NOTHING
       )
       SELECT EXISTS (SELECT FROM target) AS open`,
      [row.id, row.organizationId, row.executionId, row.kind, row.dedupeKey, row.body],
    );
    return rows[0]?.open ?? false;
  }

  async read(executionIds: readonly string[], limit = 1_000): Promise<StoredStimulus[]> {
    const { rows } = await this.pool.query<StoredStimulus>(
      `SELECT id, execution_id, kind, body FROM executions.inbox WHERE execution_id = ANY ($1::uuid[]) ORDER BY id LIMIT $2`,
      [executionIds, limit],
    );
    return rows;
  }

  /** Runs that something waits for, with their owner; rows of runs that have ended are thrown away. */
  async owners(limit: number): Promise<InboxOwner[]> {
    const { rows } = await this.pool.query<{ id: string; owner: string | null; open: boolean | null }>(
      `SELECT i.execution_id AS id, e.owner, e.status IN ${OPEN} AS open
         FROM (SELECT DISTINCT execution_id FROM executions.inbox ORDER BY execution_id LIMIT $1) i
         LEFT JOIN executions.executions e ON e.id = i.execution_id`,
      [limit],
    );
    const dead = rows.filter((row) => !row.open).map((row) => row.id);
    if (dead.length > 0)
      await this.pool.query('DELETE FROM executions.inbox WHERE execution_id = ANY ($1::uuid[])', [dead]);
    return rows.filter((row) => row.open).map((row) => ({ executionId: row.id, owner: row.owner }));
  }
}

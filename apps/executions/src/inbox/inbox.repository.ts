import type { Pool } from 'pg';
import type { Audit } from '@rpa/platform';
import type { InboxRow } from '../commit/append.js';
import { recordWish } from './record-wish.js';

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

/** An `Idempotency-Key`: kept with the wish, as that of a start is. */
export interface OnceKey {
  key: string;
  fingerprint: string;
}

/** `ended`: the organization has no such run that is open. `full`: too much waits for it already. Neither was kept. */
export type Posted = 'new' | 'known' | 'ended' | 'full';

/** Of one run. It empties its inbox within a second, unless something is wrong with it. */
const MAX_ROWS = 1_000;
const OPEN = `('pending', 'running', 'waiting', 'paused', 'needs_decision')`;

/** What happened to runs from outside, until their journal has it. Recovery reads it across organizations. */
export class InboxRepository {
  constructor(
    private readonly pool: Pool,
    private readonly audit: Audit,
  ) {}

  /** Keeps a stimulus for a run that has not ended, once a key; with it what the audit log says about it. */
  async post(row: InboxRow, once?: OnceKey): Promise<Posted> {
    const wish = recordWish(this.audit, row);
    const { rows } = await this.pool.query<{ open: boolean; full: boolean; kept: boolean }>(
      `WITH target AS (
         SELECT id, organization_id FROM executions.executions
          WHERE id = $3::uuid AND organization_id = $2::uuid AND deleted_at IS NULL AND status IN ${OPEN}
       ), waiting AS (
         SELECT count(*) >= ${MAX_ROWS} AS too_many
           FROM (SELECT FROM executions.inbox WHERE execution_id = $3::uuid LIMIT ${MAX_ROWS}) i
       ), keyed AS (
         INSERT INTO executions.start_keys (organization_id, source, key, execution_id, fingerprint)
         SELECT t.organization_id, 'http', $9::text, t.id, $10::text FROM target t, waiting w
          WHERE $9::text IS NOT NULL AND NOT w.too_many
         ON CONFLICT DO NOTHING RETURNING key
       ), posted AS (
         INSERT INTO executions.inbox (id, organization_id, execution_id, kind, dedupe_key, body)
         SELECT $1::uuid, t.organization_id, t.id, $4::text, $5::text, $6::json FROM target t, waiting w
          WHERE NOT w.too_many AND ($9::text IS NULL OR EXISTS (SELECT FROM keyed))
         ON CONFLICT (execution_id, dedupe_key) DO NOTHING RETURNING id
       ), audited AS (
         INSERT INTO executions.audit_outbox (id, organization_id, entry)
         SELECT $7::uuid, $2::uuid, $8::json FROM posted WHERE $7::uuid IS NOT NULL
       )
       SELECT EXISTS (SELECT FROM target) AS open, (SELECT too_many FROM waiting) AS full,
              EXISTS (SELECT FROM posted) AS kept`,
      [
        row.id,
        row.organizationId,
        row.executionId,
        row.kind,
        row.dedupeKey,
        row.body,
        wish?.id ?? null,
        wish?.entry ?? null,
        once?.key ?? null,
        once?.fingerprint ?? null,
      ],
    );
    const [told] = rows;
    if (!told?.open) return 'ended';
    if (told.kept) return 'new';
    return told.full ? 'full' : 'known';
  }

  async read(executionIds: readonly string[], limit = 1_000): Promise<StoredStimulus[]> {
    const { rows } = await this.pool.query<StoredStimulus>(
      `SELECT id, execution_id, kind, body FROM executions.inbox 
        WHERE execution_id = ANY ($1::uuid[]) AND kind <> 'start' ORDER BY id LIMIT $2`,
      [executionIds, limit],
    );
    return rows;
  }

  /** What a run begins with, and the wish to cancel it before that. */
  async beginning(executionId: string): Promise<StoredStimulus[]> {
    const { rows } = await this.pool.query<StoredStimulus>(
      `SELECT id, execution_id, kind, body FROM executions.inbox
        WHERE execution_id = $1::uuid AND kind IN ('start', 'cancel')`,
      [executionId],
    );
    return rows;
  }

  /**
   * Runs that something waits for, with their owner. What was put aside wakes for a resume or cancel only, a start that
   * waits for its turn for a cancel only. Rows of runs that have ended are thrown away.
   */
  async owners(limit: number): Promise<InboxOwner[]> {
    const { rows } = await this.pool.query<{ id: string; owner: string | null; open: boolean | null }>(
      `SELECT i.execution_id AS id, e.owner, e.status IN ${OPEN} AS open
         FROM (SELECT DISTINCT execution_id FROM executions.inbox i
                WHERE i.kind <> 'start' AND (i.kind = 'cancel'
                   OR NOT EXISTS (SELECT FROM executions.executions p
                                   WHERE p.id = i.execution_id AND (p.held_back IS NOT NULL
                                      OR i.kind <> 'resume' AND p.status = 'paused' AND p.error IS NOT NULL)))
                ORDER BY execution_id LIMIT $1) i
         LEFT JOIN executions.executions e ON e.id = i.execution_id`,
      [limit],
    );
    const dead = rows.filter((row) => !row.open).map((row) => row.id);
    if (dead.length > 0)
      await this.pool.query('DELETE FROM executions.inbox WHERE execution_id = ANY ($1::uuid[])', [dead]);
    return rows.filter((row) => row.open).map((row) => ({ executionId: row.id, owner: row.owner }));
  }
}

import {
  AppError,
  ID_PATTERN,
  type BulkAction,
  type BulkFault,
  type BulkOperation,
  type JsonObject,
} from '@rpa/contracts';
import type { Pool } from 'pg';

export interface StoredBulk {
  id: string;
  organizationId: string;
  action: BulkAction;
  filter: BulkFilter;
  reason: string | null;
  requestedBy: string | null;
  status: BulkOperation['status'];
  total: number | null;
  processed: number;
  succeeded: number;
  skipped: number;
  failed: number;
  errors: BulkFault[];
  cursor: string | null;
  fingerprint: string | null;
  createdAt: Date;
  completedAt: Date | null;
}

/** As it is kept: the list's own filter, or ids. */
export interface BulkFilter {
  list?: JsonObject;
  ids?: string[];
}

/** What a batch has come to; added to the row together with the new position. */
export interface BatchResult {
  processed: number;
  succeeded: number;
  skipped: number;
  errors: BulkFault[];
  /** Null: it was the last batch. */
  cursor: string | null;
}

const COLUMNS = `id, organization_id AS "organizationId", action, filter, reason, requested_by AS "requestedBy", status,
  total, processed, succeeded, skipped, failed, errors, cursor, fingerprint, created_at AS "createdAt",
  completed_at AS "completedAt"`;

/** Operations on many executions, and how far they have come. */
export class BulkOperationsRepository {
  constructor(private readonly pool: Pool) {}

  /** Null: the key was used before. */
  async add(row: {
    id: string;
    organizationId: string;
    action: BulkAction;
    filter: BulkFilter;
    reason: string | null;
    requestedBy: string | null;
    total: number | null;
    idempotencyKey: string | null;
    fingerprint: string | null;
  }): Promise<StoredBulk | null> {
    const { rows } = await this.pool.query<StoredBulk>(
      `INSERT INTO executions.bulk_operations
         (id, organization_id, action, filter, reason, requested_by, total, idempotency_key, fingerprint)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (organization_id, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING
       RETURNING ${COLUMNS}`,
      [
        row.id,
        row.organizationId,
        row.action,
        JSON.stringify(row.filter),
        row.reason,
        row.requestedBy,
        row.total,
        row.idempotencyKey,
        row.fingerprint,
      ],
    );
    return rows[0] ?? null;
  }

  async byKey(organizationId: string, key: string): Promise<StoredBulk | null> {
    const { rows } = await this.pool.query<StoredBulk>(
      `SELECT ${COLUMNS} FROM executions.bulk_operations WHERE organization_id = $1::uuid AND idempotency_key = $2`,
      [organizationId, key],
    );
    return rows[0] ?? null;
  }

  async get(organizationId: string, id: string): Promise<StoredBulk> {
    const { rows } = ID_PATTERN.test(id)
      ? await this.pool.query<StoredBulk>(
          `SELECT ${COLUMNS} FROM executions.bulk_operations
            WHERE organization_id = $1::uuid AND id = $2::uuid AND deleted_at IS NULL`,
          [organizationId, id],
        )
      : { rows: [] };
    if (!rows[0]) throw new AppError('not_found', 'There is no bulk operation with this id.');
    return rows[0];
  }

  /** Takes one that nobody works on, of whatever organization; should this replica die, it is free again after a while. */
  async claim(replica: string, forMs: number): Promise<StoredBulk | null> {
    const { rows } = await this.pool.query<StoredBulk>(
      `UPDATE executions.bulk_operations
          SET claimed_by = $1::uuid, claimed_until = clock_timestamp() + $2::int * interval '1 millisecond'
        WHERE id = (SELECT id FROM executions.bulk_operations
                     WHERE status = 'running' AND claimed_until <= clock_timestamp()
                     ORDER BY claimed_until LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      [replica, forMs],
    );
    return rows[0] ?? null;
  }

  /** Adds a batch, as long as it is still this replica's; returns the row as it is then. */
  async advance(replica: string, bulk: StoredBulk, result: BatchResult, forMs: number): Promise<StoredBulk | null> {
    const { rows } = await this.pool.query<StoredBulk>(
      `UPDATE executions.bulk_operations
          SET processed = processed + $4, succeeded = succeeded + $5, skipped = skipped + $6, failed = failed + $7,
              errors = $8::json, cursor = $9, updated_at = now(),
              status = CASE WHEN $9::text IS NULL THEN 'completed' ELSE status END,
              completed_at = CASE WHEN $9::text IS NULL THEN now() END,
              claimed_until = clock_timestamp() + $10::int * interval '1 millisecond'
        WHERE organization_id = $1::uuid AND id = $2::uuid AND claimed_by = $3::uuid AND status = 'running'
          AND cursor IS NOT DISTINCT FROM $11
       RETURNING ${COLUMNS}`,
      [
        bulk.organizationId,
        bulk.id,
        replica,
        result.processed,
        result.succeeded,
        result.skipped,
        result.errors.length,
        JSON.stringify([...bulk.errors, ...result.errors].slice(0, MAX_ERRORS)),
        result.cursor,
        forMs,
        bulk.cursor,
      ],
    );
    return rows[0] ?? null;
  }

  /** Gives it up for now: somebody goes on with it after a while. */
  async release(replica: string, { organizationId, id }: StoredBulk, forMs: number): Promise<void> {
    await this.pool.query(
      `UPDATE executions.bulk_operations SET claimed_until = clock_timestamp() + $4::int * interval '1 millisecond'
        WHERE organization_id = $1::uuid AND id = $2::uuid AND claimed_by = $3::uuid`,
      [organizationId, id, replica, forMs],
    );
  }
}

const MAX_ERRORS = 20;

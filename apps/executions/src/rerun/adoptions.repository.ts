import type { JournalRecord } from '@rpa/contracts';
import type { Adoption } from '@rpa/engine';
import type { Pool } from 'pg';

export interface AdoptionRow {
  path: string;
  kind: Adoption['kind'];
  /** Journal row of the former run, and the record in it. */
  rowSeq: number;
  seq: number;
}

export interface FoundAdoption {
  path: string;
  kind: Adoption['kind'];
  /** Null: the journal of the former run is not kept any more. */
  record: JournalRecord | null;
}

/** What reruns take over of the runs that they repeat, by reference into their journals. */
export class AdoptionsRepository {
  constructor(private readonly pool: Pool) {}

  /** Of one path the later one counts. */
  async write(
    organizationId: string,
    executionId: string,
    sourceId: string,
    rows: readonly AdoptionRow[],
  ): Promise<void> {
    const last = [...new Map(rows.map((row) => [row.path, row])).values()];
    await this.pool.query(
      `INSERT INTO executions.adoptions (organization_id, execution_id, source_id, path, kind, row_seq, seq)
       SELECT $1::uuid, $2::uuid, $3::uuid, n.* FROM unnest($4::text[], $5::text[], $6::int[], $7::int[]) n
       ON CONFLICT (execution_id, path) DO UPDATE
         SET kind = excluded.kind, row_seq = excluded.row_seq, seq = excluded.seq`,
      [
        organizationId,
        executionId,
        sourceId,
        last.map((row) => row.path),
        last.map((row) => row.kind),
        last.map((row) => row.rowSeq),
        last.map((row) => row.seq),
      ],
    );
  }

  async find(organizationId: string, executionId: string, paths: readonly string[]): Promise<FoundAdoption[]> {
    const { rows } = await this.pool.query<FoundAdoption>(
      `SELECT a.path, a.kind, j.body -> (a.seq - j.seq) AS record
         FROM executions.adoptions a
         LEFT JOIN executions.journal j ON j.execution_id = a.source_id AND j.seq = a.row_seq
        WHERE a.organization_id = $1::uuid AND a.execution_id = $2::uuid AND a.path = ANY ($3::text[])`,
      [organizationId, executionId, paths],
    );
    return rows;
  }

  async drop(organizationId: string, executionId: string): Promise<void> {
    await this.pool.query(
      'DELETE FROM executions.adoptions WHERE organization_id = $1::uuid AND execution_id = $2::uuid',
      [organizationId, executionId],
    );
  }

  /** Of runs from before this id that have ended or never came to be; across organizations. Returns how many rows. */
  async forget(before: string, limit: number): Promise<number> {
    const { rowCount } = await this.pool.query(
      `DELETE FROM executions.adoptions WHERE ctid = ANY (ARRAY (
         SELECT a.ctid FROM executions.adoptions a
          WHERE a.execution_id < $1::uuid AND NOT EXISTS (
            SELECT FROM executions.executions e
             WHERE e.id = a.execution_id AND e.status NOT IN ('completed', 'failed', 'cancelled', 'timed_out'))
          LIMIT $2::int))`,
      [before, limit],
    );
    return rowCount ?? 0;
  }
}

import type { JournalRecord, JsonValue } from '@rpa/contracts';
import type { Pool } from 'pg';

export interface History {
  snapshot: JsonValue | null;
  snapshotSeq: number;
  records: JournalRecord[];
}

/** Reads journals. Callers have checked to whom a run belongs; recovery reads across organizations. */
export class JournalRepository {
  constructor(private readonly pool: Pool) {}

  /** Records after `afterSeq` in order, at most `limit`. */
  async page(executionId: string, afterSeq: number, limit: number): Promise<JournalRecord[]> {
    const { rows } = await this.pool.query<{ body: JournalRecord[] }>(
      `SELECT body FROM executions.journal
        WHERE execution_id = $1::uuid AND seq >= coalesce(
                (SELECT max(seq) FROM executions.journal WHERE execution_id = $1::uuid AND seq <= $2::int + 1), 1)
        ORDER BY seq LIMIT $3::int`,
      [executionId, afterSeq, limit + 1],
    );
    return rows
      .flatMap((row) => row.body)
      .filter((record) => record.seq > afterSeq)
      .slice(0, limit);
  }

  async all(executionId: string): Promise<JournalRecord[]> {
    const { rows } = await this.pool.query<{ body: JournalRecord[] }>(
      'SELECT body FROM executions.journal WHERE execution_id = $1::uuid ORDER BY seq',
      [executionId],
    );
    return rows.flatMap((row) => row.body);
  }

  /** What a new owner needs of each of these runs: the newest snapshot and the records after it. */
  async histories(executionIds: readonly string[]): Promise<Map<string, History>> {
    const snapshots = await this.pool.query<{ execution_id: string; seq: number; body: JsonValue }>(
      'SELECT execution_id, seq, body FROM executions.snapshots WHERE execution_id = ANY ($1::uuid[])',
      [executionIds],
    );
    const histories = new Map<string, History>(
      executionIds.map((id) => [id, { snapshot: null, snapshotSeq: 0, records: [] }]),
    );
    for (const row of snapshots.rows)
      histories.set(row.execution_id, { snapshot: row.body, snapshotSeq: row.seq, records: [] });
    const { rows } = await this.pool.query<{ execution_id: string; body: JournalRecord[] }>(
      `SELECT j.execution_id, j.body
         FROM unnest($1::uuid[], $2::int[]) AS w (id, after)
         JOIN executions.journal j ON j.execution_id = w.id AND j.seq > w.after
        ORDER BY j.execution_id, j.seq`,
      [executionIds, executionIds.map((id) => histories.get(id)?.snapshotSeq ?? 0)],
    );
    for (const row of rows) histories.get(row.execution_id)?.records.push(...row.body);
    return histories;
  }
}

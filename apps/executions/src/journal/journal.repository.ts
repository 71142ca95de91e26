import type { JournalRecord, JsonValue, StepResponse } from '@rpa/contracts';
import type { Pool } from 'pg';

export interface History {
  snapshot: JsonValue | null;
  snapshotSeq: number;
  records: JournalRecord[];
}

/** A journal up to so many records is read whole. */
const READ_WHOLE = 2_000;
/** More records of steps than that are not told; the journal itself has them, in pages. */
const MAX_READ = 50_000;

/** A row may hold hundreds of records. */
const ROWS_AT_ONCE = 50;

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

  /**
   * The records that tell what steps have come to, of the top level or of a container. Of a long journal PostgreSQL picks
   * them out, so that it never stands in memory as a whole.
   */
  async ofSteps(executionId: string, parent?: string): Promise<JournalRecord[]> {
    if ((await this.lastSeq(executionId)) <= READ_WHOLE) return this.all(executionId);
    const { rows } = await this.pool.query<{ record: JournalRecord }>(
      `SELECT r.record
         FROM executions.journal j, json_array_elements(j.body) WITH ORDINALITY AS r (record, place)
        WHERE j.execution_id = $1::uuid AND r.record ->> 'type' NOT IN ('iteration_started', 'iteration_ended')
          AND CASE WHEN $2::text IS NULL THEN position('.' IN coalesce(r.record ->> 'path', '')) = 0
                   ELSE r.record ->> 'path' IS NULL OR starts_with(r.record ->> 'path', $2::text || '.') END
        ORDER BY j.seq, r.place LIMIT $3::int`,
      [executionId, parent ?? null, MAX_READ],
    );
    return rows.map((row) => row.record);
  }

  /** Number of the newest record; 0 without a journal. */
  async lastSeq(executionId: string): Promise<number> {
    const { rows } = await this.pool.query<{ last_seq: number }>(
      'SELECT last_seq FROM executions.journal WHERE execution_id = $1::uuid ORDER BY seq DESC LIMIT 1',
      [executionId],
    );
    return rows[0]?.last_seq ?? 0;
  }

  /** What `respond` steps of these runs have answered. */
  async responses(executionIds: readonly string[]): Promise<Map<string, StepResponse>> {
    const { rows } = await this.pool.query<{ execution_id: string; body: JournalRecord[] }>(
      `SELECT execution_id, body FROM executions.journal
        WHERE execution_id = ANY ($1::uuid[]) AND position('"response_sent"' IN body::text) > 0 ORDER BY execution_id, seq`,
      [executionIds],
    );
    const responses = new Map<string, StepResponse>();
    for (const { execution_id: id, body } of rows)
      for (const { type, data } of body)
        if (type === 'response_sent' && !responses.has(id)) responses.set(id, data as unknown as StepResponse);
    return responses;
  }

  private async all(executionId: string): Promise<JournalRecord[]> {
    const { rows } = await this.pool.query<{ body: JournalRecord[] }>(
      'SELECT body FROM executions.journal WHERE execution_id = $1::uuid ORDER BY seq',
      [executionId],
    );
    return rows.flatMap((row) => row.body);
  }

  /** The whole journal in order, a few rows at a time. */
  async *rows(executionId: string): AsyncGenerator<{ seq: number; body: JournalRecord[] }> {
    for (let after = 0; ;) {
      const { rows } = await this.pool.query<{ seq: number; body: JournalRecord[] }>(
        'SELECT seq, body FROM executions.journal WHERE execution_id = $1::uuid AND seq > $2::int ORDER BY seq LIMIT $3::int',
        [executionId, after, ROWS_AT_ONCE],
      );
      yield* rows;
      const last = rows.at(-1);
      if (!last || rows.length < ROWS_AT_ONCE) return;
      after = last.seq;
    }
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

import type { QueryConfig } from 'pg';
import { addApprovals, addOnFailure } from './add-follow-ups.js';
import type { Append } from './append.js';
import {
  CHANGE_COLUMNS,
  JOURNAL_COLUMNS,
  JOURNAL_FLAGS,
  KEY_COLUMNS,
  LABEL_COLUMNS,
  names,
  OUTBOX_COLUMNS,
  SNAPSHOT_COLUMNS,
  START_COLUMNS,
  START_FLAGS,
  TIMER_COLUMNS,
  toArrays,
  unnest,
  type Changed,
  type Journaled,
  type Labelled,
  type Snapshotted,
  type Started,
  type Timed,
} from './columns.js';

export interface CommitRow {
  /** The lease was there and had not expired; false: nothing was written. */
  held: boolean;
  /** Starts whose key was free. */
  keyed: string[] | null;
  /** Runs that were to be let go but stay, for something lies in their inbox. */
  kept: string[] | null;
}

/**
 * The one statement of a batch: it locks the lease against take-over (heartbeats are not blocked by `FOR KEY SHARE`),
 * and every part of it hangs on that. Parts that a batch does not need are left out; the few shapes that remain are
 * prepared once a connection.
 */
export function commitStatement(leaseId: string, batch: readonly Append[]): QueryConfig {
  const builder = new StatementBuilder(leaseId);
  const consumed = batch.flatMap((append) => append.consumed);
  addStarts(builder, batch);
  addLabels(builder, batch);
  addJournal(builder, batch);
  addChanges(builder, batch, consumed);
  if (consumed.length > 0)
    builder.add(
      'consumed',
      [consumed],
      (first) => `DELETE FROM executions.inbox i USING held WHERE i.id = ANY ($${first}::uuid[])`,
    );
  addOutbox(builder, batch);
  addApprovals(builder, batch);
  addOnFailure(builder, batch);
  addSnapshots(builder, batch);
  return builder.build();
}

class StatementBuilder {
  private readonly parts: string[] = [];
  private readonly names: string[] = [];
  private readonly values: unknown[];

  constructor(leaseId: string) {
    this.values = [leaseId];
  }

  add(name: string, arrays: unknown[], sql: (first: number) => string): void {
    this.parts.push(`${name} AS (${sql(this.values.length + 1)})`);
    this.names.push(name);
    this.values.push(...arrays);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  build(): QueryConfig {
    const keyed = this.has('keys') ? 'ARRAY (SELECT execution_id FROM keys)' : 'NULL::uuid[]';
    const kept = this.has('changed')
      ? `ARRAY (SELECT id FROM changed WHERE owning = 'let_go' AND owner IS NOT NULL)`
      : 'NULL::uuid[]';
    return {
      // PostgreSQL keeps 63 characters of a name.
      name: `commit ${this.names.map((name) => name.slice(0, 4)).join(' ')}`,
      text: `WITH held AS (
          SELECT id FROM executions.leases WHERE id = $1::bigint AND expires_at > clock_timestamp() FOR KEY SHARE
        ), ${this.parts.join(',\n')}
        SELECT EXISTS (SELECT FROM held) AS held, ${keyed} AS keyed, ${kept} AS kept`,
      values: this.values,
    };
  }
}

function addStarts(builder: StatementBuilder, batch: readonly Append[]): void {
  const starts = batch.flatMap((a): Started[] => (a.start ? [{ id: a.executionId, row: a.start }] : []));
  if (starts.length === 0) return;
  // Sorted, so that two batches that want the same keys cannot wait for each other in a circle.
  const keyed = starts.filter((start) => start.row.key).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  if (keyed.length > 0)
    builder.add(
      'keys',
      toArrays(KEY_COLUMNS, keyed),
      (first) => `INSERT INTO executions.start_keys (${names(KEY_COLUMNS)})
        SELECT k.* FROM held, ${unnest(KEY_COLUMNS, first, 'k')}
        ON CONFLICT DO NOTHING RETURNING execution_id`,
    );
  const columns = [...START_COLUMNS, ...START_FLAGS];
  const wanted = START_COLUMNS.map(([name]) => `s.${name}`).join(', ');
  builder.add(
    'started',
    toArrays(columns, starts),
    (first) => `INSERT INTO executions.executions (${names(START_COLUMNS)}, owner)
      SELECT ${wanted}, CASE WHEN s.owned THEN $1::bigint END
      FROM held, ${unnest(columns, first, 's')} ${keyed.length > 0 ? unlessTaken('s', 'id') : ''} RETURNING id`,
  );
}

/** Only of starts that have some. */
function addLabels(builder: StatementBuilder, batch: readonly Append[]): void {
  const rows = batch.flatMap(({ executionId: id, start }): Labelled[] =>
    Object.entries(start?.labels ?? {}).map(([name, value]) => {
      return { id, organizationId: start?.organizationId ?? '', name, value };
    }),
  );
  if (rows.length === 0) return;
  builder.add(
    'labelled',
    toArrays(LABEL_COLUMNS, rows),
    (first) => `INSERT INTO executions.labels (${names(LABEL_COLUMNS)})
      SELECT l.* FROM held, ${unnest(LABEL_COLUMNS, first, 'l')} WHERE l.execution_id IN (SELECT id FROM started)`,
  );
}

function addJournal(builder: StatementBuilder, batch: readonly Append[]): void {
  const journaled = batch.flatMap((a): Journaled[] =>
    a.records ? [{ id: a.executionId, keyed: Boolean(a.start?.key), records: a.records }] : [],
  );
  if (journaled.length === 0) return;
  const columns = builder.has('keys') ? [...JOURNAL_COLUMNS, ...JOURNAL_FLAGS] : JOURNAL_COLUMNS;
  builder.add(
    'journaled',
    toArrays(columns, journaled),
    (first) => `INSERT INTO executions.journal (execution_id, seq, last_seq, body, lease_id)
      SELECT j.execution_id, j.seq, j.last_seq, j.body, $1::bigint
      FROM held, ${unnest(columns, first, 'j')} ${builder.has('keys') ? unlessTaken('j', 'execution_id') : ''}`,
  );
}

function addChanges(builder: StatementBuilder, batch: readonly Append[], consumed: string[]): void {
  const changed = batch.flatMap((a): Changed[] => (a.change ? [{ id: a.executionId, change: a.change }] : []));
  if (changed.length > 0)
    builder.add('changed', [...toArrays(CHANGE_COLUMNS, changed), consumed], (first) => {
      const others = `SELECT FROM executions.inbox i WHERE i.execution_id = e.id AND i.id <> ALL ($${first + CHANGE_COLUMNS.length}::uuid[])`;
      return `UPDATE executions.executions e
        SET status = c.status, output = coalesce(c.output, e.output), error = c.error,
            settled = c.settled, total = c.total, completed_at = c.completed_at, updated_at = now(),
            lane = CASE WHEN c.completed_at IS NULL THEN e.lane END,
            owner = CASE WHEN c.owning = 'keep' OR (c.owning = 'let_go' AND EXISTS (${others})) THEN e.owner END
        FROM held, ${unnest(CHANGE_COLUMNS, first, 'c')}
        WHERE e.id = c.id AND e.owner = $1::bigint
        RETURNING e.id, e.owner, c.owning`;
    });
  const timed = batch.flatMap((a) => a.timers.map((timer): Timed => ({ id: a.executionId, ...timer })));
  if (timed.length === 0) return;
  const left = [
    ...(builder.has('started') ? ['SELECT id FROM started'] : []),
    ...(builder.has('changed') ? ['SELECT id FROM changed WHERE owner IS NULL'] : []),
  ].join(' UNION ALL ');
  builder.add(
    'timed',
    toArrays(TIMER_COLUMNS, timed),
    (first) => `INSERT INTO executions.timers (${names(TIMER_COLUMNS)})
      SELECT t.* FROM held, ${unnest(TIMER_COLUMNS, first, 't')}
      WHERE t.execution_id IN (${left})
      ON CONFLICT (execution_id, timer) DO UPDATE SET due_at = excluded.due_at`,
  );
}

function addOutbox(builder: StatementBuilder, batch: readonly Append[]): void {
  const rows = batch.flatMap((append) => append.outbox);
  if (rows.length === 0) return;
  builder.add(
    'posted',
    toArrays(OUTBOX_COLUMNS, rows),
    (first) => `INSERT INTO executions.inbox (${names(OUTBOX_COLUMNS)})
      SELECT o.* FROM held, ${unnest(OUTBOX_COLUMNS, first, 'o')}
      ON CONFLICT (execution_id, dedupe_key) DO NOTHING`,
  );
}

function addSnapshots(builder: StatementBuilder, batch: readonly Append[]): void {
  const rows = batch.flatMap((a): Snapshotted[] => (a.snapshot ? [{ id: a.executionId, snapshot: a.snapshot }] : []));
  if (rows.length === 0) return;
  builder.add(
    'snapshotted',
    toArrays(SNAPSHOT_COLUMNS, rows),
    (first) => `INSERT INTO executions.snapshots (${names(SNAPSHOT_COLUMNS)})
      SELECT s.* FROM held, ${unnest(SNAPSHOT_COLUMNS, first, 's')}
      ON CONFLICT (execution_id) DO UPDATE SET seq = excluded.seq, body = excluded.body`,
  );
}

function unlessTaken(alias: string, id: string): string {
  return `WHERE NOT ${alias}.keyed OR ${alias}.${id} IN (SELECT execution_id FROM keys)`;
}

function keyOf({ row }: Started): string {
  return `${row.organizationId} ${row.key?.source} ${row.key?.key}`;
}

import type { Append, ApprovalRow, ClosedApproval, OnFailureRow } from './append.js';
import { names, time, toArrays, unnest, type Column } from './columns.js';

interface Builder {
  add(name: string, arrays: unknown[], sql: (first: number) => string): void;
  has(name: string): boolean;
}

/** `starts`: written only if the start was, whose key may be taken. */
interface Of<Row> {
  id: string;
  starts: boolean;
  row: Row;
}

const APPROVAL_COLUMNS: readonly Column<Of<ApprovalRow>>[] = [
  ['id', 'uuid', ({ row }) => row.id],
  ['organization_id', 'uuid', ({ row }) => row.organizationId],
  ['execution_id', 'uuid', ({ id }) => id],
  ['workflow_id', 'uuid', ({ row }) => row.workflowId],
  ['workflow_name', 'text', ({ row }) => row.workflowName],
  ['test', 'boolean', ({ row }) => row.test],
  ['path', 'text', ({ row }) => row.path],
  ['title', 'text', ({ row }) => row.title],
  ['config', 'json', ({ row }) => row.config],
  ['expires_at', 'timestamptz', ({ row }) => time(row.expiresAt)],
  ['created_at', 'timestamptz', ({ row }) => time(row.createdAt)],
];

const CLOSED_COLUMNS: readonly Column<Of<ClosedApproval>>[] = [
  ['execution_id', 'uuid', ({ id }) => id],
  ['path', 'text', ({ row }) => row.path],
  ['status', 'text', ({ row }) => row.status],
  ['decision', 'text', ({ row }) => row.decision],
];

const ON_FAILURE_COLUMNS: readonly Column<Of<OnFailureRow>>[] = [
  ['execution_id', 'uuid', ({ id }) => id],
  ['seq', 'int', ({ row }) => row.seq],
  ['organization_id', 'uuid', ({ row }) => row.organizationId],
  ['workflow_key', 'text', ({ row }) => row.workflowKey],
  ['inputs', 'json', ({ row }) => row.inputs],
  ['traceparent', 'text', ({ row }) => row.traceparent],
];

const STARTS: readonly Column<Of<unknown>>[] = [['starts', 'boolean', ({ starts }) => starts]];

/** Questions that a run asks people become rows with the records that ask them, and end with those that end them. */
export function addApprovals(builder: Builder, batch: readonly Append[]): void {
  const asked = rowsOf(batch, (append) => append.approvals ?? []);
  if (asked.length > 0) insert(builder, 'asked', 'executions.approvals', APPROVAL_COLUMNS, asked);
  const closed = rowsOf(batch, (append) => append.closedApprovals ?? []);
  if (closed.length > 0)
    builder.add(
      'unasked',
      toArrays(CLOSED_COLUMNS, closed),
      (first) => `UPDATE executions.approvals a
        SET status = c.status, decision = c.decision, decided_at = now(), updated_at = now()
        FROM held, ${unnest(CLOSED_COLUMNS, first, 'c')}
        WHERE a.execution_id = c.execution_id AND a.status = 'pending' AND (c.path IS NULL OR a.path = c.path)`,
    );
}

export function addOnFailure(builder: Builder, batch: readonly Append[]): void {
  const rows = rowsOf(batch, (append) => (append.onFailure ? [append.onFailure] : []));
  if (rows.length > 0) insert(builder, 'alarmed', 'executions.on_failure_starts', ON_FAILURE_COLUMNS, rows);
}

function insert<Row>(
  builder: Builder,
  name: string,
  table: string,
  columns: readonly Column<Of<Row>>[],
  rows: readonly Of<Row>[],
): void {
  const wanted = columns.map(([column]) => `n.${column}`).join(', ');
  const all = [...columns, ...STARTS] as readonly Column<Of<Row>>[];
  const written = builder.has('started') ? 'WHERE NOT n.starts OR n.execution_id IN (SELECT id FROM started)' : '';
  builder.add(
    name,
    toArrays(all, rows),
    (first) =>
      `INSERT INTO ${table} (${names(columns)}) SELECT ${wanted} FROM held, ${unnest(all, first, 'n')} ${written}`,
  );
}

function rowsOf<Row>(batch: readonly Append[], read: (append: Append) => readonly Row[]): Of<Row>[] {
  return batch.flatMap((append) =>
    read(append).map((row) => ({ id: append.executionId, starts: append.start !== undefined, row })),
  );
}

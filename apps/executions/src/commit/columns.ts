import type { Append, StartRow } from './append.js';

type Value = string | number | boolean | null;
export type Column<T> = readonly [name: string, type: string, read: (item: T) => Value];

/** Rows as one array a column: a statement takes any number of rows with the same few parameters. */
export function toArrays<T>(columns: readonly Column<T>[], items: readonly T[]): Value[][] {
  return columns.map(([, , read]) => items.map(read));
}

/** `unnest($4::uuid[], $5::text[]) AS <alias> (id, key)` */
export function unnest<T>(columns: readonly Column<T>[], first: number, alias: string): string {
  const arrays = columns.map(([, type], index) => `$${first + index}::${type}[]`);
  return `unnest(${arrays.join(', ')}) AS ${alias} (${columns.map(([name]) => name).join(', ')})`;
}

export interface Started {
  id: string;
  row: StartRow;
}
export const START_COLUMNS: readonly Column<Started>[] = [
  ['id', 'uuid', (s) => s.id],
  ['organization_id', 'uuid', (s) => s.row.organizationId],
  ['workflow_id', 'uuid', (s) => s.row.workflowId],
  ['version_id', 'uuid', (s) => s.row.versionId],
  ['workflow_name', 'text', (s) => s.row.workflowName],
  ['workflow_version', 'int', (s) => s.row.workflowVersion],
  ['status', 'text', (s) => s.row.status],
  ['test', 'boolean', (s) => s.row.test],
  ['trigger_type', 'text', (s) => s.row.triggerType],
  ['trigger_id', 'text', (s) => s.row.triggerId],
  ['inputs', 'json', (s) => s.row.inputs],
  ['output', 'json', (s) => s.row.output],
  ['error', 'json', (s) => s.row.error],
  ['parent_id', 'uuid', (s) => s.row.parent?.executionId ?? null],
  ['parent_path', 'text', (s) => s.row.parent?.path ?? null],
  ['parent_attempt', 'int', (s) => s.row.parent?.attempt ?? null],
  ['rerun_of', 'uuid', (s) => s.row.rerunOf],
  ['priority', 'smallint', (s) => s.row.priority],
  ['labels', 'json', (s) => s.row.labels && JSON.stringify(s.row.labels)],
  ['business_key', 'text', (s) => s.row.businessKey],
  ['traceparent', 'text', (s) => s.row.traceparent],
  ['wait_reply', 'text', (s) => s.row.waitReply],
  ['settled', 'int', (s) => s.row.settled],
  ['total', 'int', (s) => s.row.total],
  ['started_at', 'timestamptz', (s) => time(s.row.startedAt)],
  ['completed_at', 'timestamptz', (s) => time(s.row.completedAt)],
  ['created_at', 'timestamptz', (s) => time(s.row.startedAt)],
];

export const START_FLAGS: readonly Column<Started>[] = [
  ['owned', 'boolean', (s) => s.row.owned],
  ['keyed', 'boolean', (s) => s.row.key !== null],
];

export const KEY_COLUMNS: readonly Column<Started>[] = [
  ['organization_id', 'uuid', (s) => s.row.organizationId],
  ['source', 'text', (s) => s.row.key?.source ?? null],
  ['key', 'text', (s) => s.row.key?.key ?? null],
  ['execution_id', 'uuid', (s) => s.id],
  ['fingerprint', 'text', (s) => s.row.key?.fingerprint ?? null],
];

export interface Labelled {
  organizationId: string;
  id: string;
  name: string;
  value: string;
}
export const LABEL_COLUMNS: readonly Column<Labelled>[] = [
  ['organization_id', 'uuid', (l) => l.organizationId],
  ['name', 'text', (l) => l.name],
  ['value', 'text', (l) => l.value],
  ['execution_id', 'uuid', (l) => l.id],
];

export interface Journaled {
  id: string;
  keyed: boolean;
  records: NonNullable<Append['records']>;
}
export const JOURNAL_COLUMNS: readonly Column<Journaled>[] = [
  ['execution_id', 'uuid', (j) => j.id],
  ['seq', 'int', (j) => j.records.seq],
  ['last_seq', 'int', (j) => j.records.lastSeq],
  ['body', 'json', (j) => j.records.body],
];
export const JOURNAL_FLAGS: readonly Column<Journaled>[] = [['keyed', 'boolean', (j) => j.keyed]];

export interface Changed {
  id: string;
  change: NonNullable<Append['change']>;
}
export const CHANGE_COLUMNS: readonly Column<Changed>[] = [
  ['id', 'uuid', (c) => c.id],
  ['status', 'text', (c) => c.change.status],
  ['output', 'json', (c) => c.change.output],
  ['error', 'json', (c) => c.change.error],
  ['settled', 'int', (c) => c.change.settled],
  ['total', 'int', (c) => c.change.total],
  ['completed_at', 'timestamptz', (c) => time(c.change.completedAt)],
  ['owning', 'text', (c) => c.change.owner],
];

export interface Timed {
  id: string;
  timer: string;
  dueAt: number;
}
export const TIMER_COLUMNS: readonly Column<Timed>[] = [
  ['execution_id', 'uuid', (t) => t.id],
  ['timer', 'text', (t) => t.timer],
  ['due_at', 'timestamptz', (t) => time(t.dueAt)],
];

export const OUTBOX_COLUMNS: readonly Column<Append['outbox'][number]>[] = [
  ['id', 'uuid', (o) => o.id],
  ['organization_id', 'uuid', (o) => o.organizationId],
  ['execution_id', 'uuid', (o) => o.executionId],
  ['kind', 'text', (o) => o.kind],
  ['dedupe_key', 'text', (o) => o.dedupeKey],
  ['body', 'json', (o) => o.body],
];

export interface Snapshotted {
  id: string;
  snapshot: NonNullable<Append['snapshot']>;
}
export const SNAPSHOT_COLUMNS: readonly Column<Snapshotted>[] = [
  ['execution_id', 'uuid', (s) => s.id],
  ['seq', 'int', (s) => s.snapshot.seq],
  ['body', 'json', (s) => s.snapshot.body],
];

export function names(columns: readonly Column<never>[]): string {
  return columns.map(([name]) => name).join(', ');
}

export function time(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

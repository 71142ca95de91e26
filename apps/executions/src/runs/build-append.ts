import type { JournalRecord } from '@rpa/contracts';
import { snapshotState, type Effect } from '@rpa/engine';
import type { Append, OnFailureRow, StartRow, SummaryChange } from '../commit/append.js';
import { approvalRow } from '../approvals/approval-row.js';
import { onFailureRow } from '../on-failure/on-failure-row.js';
import { cancelledChildren, childEnded } from './child-ended.js';
import { attemptKey, type LiveRun, type Stimulus } from './live-run.js';

/** A run that waits for less than this stays in memory: letting it go and claiming it again would cost more. */
const STAY_FOR_MS = 5_000;
const SNAPSHOT_AFTER_RECORDS = 500;

type EndEffect = Extract<Effect, { type: 'end' }>;

/** What a finished transition writes: its records, and the summary row where that changes. */
export function buildAppend(
  run: LiveRun,
  stimuli: readonly Stimulus[],
  records: readonly JournalRecord[],
  effects: readonly Effect[],
): Append {
  const end = effects.find((effect): effect is EndEffect => effect.type === 'end');
  const letGo = !end && mayLetGo(run, effects);
  const change = end ? endOf(run, end, records) : changeOf(run, letGo);
  const append: Append = {
    executionId: run.id,
    timers: letGo ? [...run.timers].map(([timer, { dueAt }]) => ({ timer, dueAt })) : [],
    consumed: stimuli.flatMap((stimulus) => stimulus.inboxId ?? []),
    outbox: [
      ...(end && run.identity.parent ? [childEnded(run.identity, end)] : []),
      ...cancelledChildren(run, effects),
    ],
  };
  addFollowUps(run, append, records, effects);
  const [first] = records;
  if (first) {
    append.records = { seq: first.seq, lastSeq: first.seq + records.length - 1, body: JSON.stringify(records) };
    run.witness?.add(records, append.records.body.length);
    if (!end) addSnapshot(run, append, records.length);
  }
  if (change) append.change = change;
  if (end && change) run.witness?.ended(end, change);
  return append;
}

/** Rows for others that come to be with these records. */
function addFollowUps(
  run: LiveRun,
  append: Append,
  records: readonly JournalRecord[],
  effects: readonly Effect[],
): void {
  for (const effect of effects) {
    if (effect.type === 'request_approval') (append.approvals ??= []).push(approvalRow(run, effect));
    else if (effect.type === 'close_approval') (append.closedApprovals ??= []).push(effect);
    else addBadEnd(run, append, records, effect);
  }
}

function addBadEnd(run: LiveRun, append: Append, records: readonly JournalRecord[], effect: Effect): void {
  const record = records.at(-1);
  if (!record) return;
  if (effect.type === 'end' && effect.status !== 'completed') {
    const { status, error } = effect;
    keepBadEnd(append, onFailureRow(run, { status, error, record }));
  } else if (effect.type === 'decision_required' && run.rowStatus !== 'needs_decision') {
    const error = {
      code: 'needs_decision',
      message: `The outcome is unknown (${effect.reason})`,
      stepPath: effect.path,
    };
    keepBadEnd(append, onFailureRow(run, { status: 'needs_decision', error, record }));
  }
}

function keepBadEnd(append: Append, row: OnFailureRow | undefined): void {
  if (row) append.onFailure = row;
}

/** The first append of a run writes the whole row instead of changing it. */
export function withStart(append: Append, row: Omit<StartRow, keyof SummaryChange | 'owned'>): Append {
  const { change, ...rest } = append;
  if (!change) throw new Error('A start writes its summary row.');
  const { owner, ...summary } = change;
  return { ...rest, start: { ...row, ...summary, owned: owner === 'keep' } };
}

/** Nothing to write at all. */
export function isEmpty(append: Append): boolean {
  return !append.records && !append.change && append.consumed.length === 0 && append.outbox.length === 0;
}

function endOf(run: LiveRun, end: EndEffect, records: readonly JournalRecord[]): SummaryChange {
  const { settled, total } = run.state.progress;
  return {
    status: end.status,
    output: JSON.stringify(end.output),
    error: end.error && JSON.stringify(end.error),
    settled,
    total,
    completedAt: records.at(-1)?.at ?? Date.now(),
    owner: 'release',
  };
}

/** The row follows the run only where it stops, waits or starts: a running run has its truth in the journal. */
function changeOf(run: LiveRun, letGo: boolean): SummaryChange | undefined {
  const { status, progress } = run.state;
  const visible = status === 'waiting' && !letGo ? 'running' : status;
  if (visible === run.rowStatus && !letGo && run.committedSeq > 0) return undefined;
  const { settled, total } = progress;
  const owner = letGo ? 'let_go' : 'keep';
  return { status: visible, output: null, error: null, settled, total, completedAt: null, owner };
}

/** Nobody works for the run, nothing is on its way to it, and no timer is due soon. */
function mayLetGo(run: LiveRun, effects: readonly Effect[]): boolean {
  const { status } = run.state;
  if (status !== 'waiting' && status !== 'paused' && status !== 'needs_decision') return false;
  if (run.calls > 0 || run.queue.length > 0) return false;
  const aborted = new Set<string>();
  for (const effect of effects) {
    if (effect.type === 'abort') aborted.add(attemptKey(effect.path, effect.attempt));
    if (['dispatch', 'start_child', 'cancel_child', 'load', 'adopt', 'continue', 'grant'].includes(effect.type))
      return false;
  }
  for (const key of run.deliveries.keys()) if (!aborted.has(key)) return false;
  const soon = Date.now() + STAY_FOR_MS;
  for (const { dueAt } of run.timers.values()) if (dueAt < soon) return false;
  return true;
}

/** When the tail has grown larger than the last snapshot, so that all snapshots of a run together stay linear. */
function addSnapshot(run: LiveRun, append: Append, records: number): void {
  if (!append.records) return;
  run.tailBytes += append.records.body.length;
  run.tailRecords += records;
  if (run.tailRecords <= SNAPSHOT_AFTER_RECORDS || run.tailBytes <= run.snapshotBytes) return;
  const body = JSON.stringify(snapshotState(run.state));
  append.snapshot = { seq: append.records.lastSeq, body };
  run.snapshotBytes = body.length;
  run.tailBytes = 0;
  run.tailRecords = 0;
}

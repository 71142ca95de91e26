import { AppError, executionChanged, executionEnded, type ExecutionStatus, type JournalRecord } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import { isDatabaseAway, sqlState, type Logger } from '@rpa/platform';
import type { Append } from '../commit/append.js';
import { laneOf, type GroupCommit } from '../commit/group-commit.js';
import type { InboxRepository } from '../inbox/inbox.repository.js';
import type { History } from '../journal/journal.repository.js';
import { childEnded } from '../runs/child-ended.js';
import type { ClaimedRun } from './runs.repository.js';

const UNREADABLE = 'run_unreadable';

/**
 * Puts a run aside that cannot be brought back to life however often it is tried: its version is gone, or its journal
 * cannot be read by this version of the service. It stands there paused with the reason; a resume tries it once more, a
 * cancel ends it without reading it. Nothing else wakes it.
 */
export class ParkRun {
  constructor(private readonly parts: { commits: GroupCommit; inbox: InboxRepository; bus: Bus; logger: Logger }) {}

  async execute(run: ClaimedRun, history: History, reason: unknown): Promise<void> {
    const { commits, inbox, bus, logger } = this.parts;
    const message = `The run cannot be brought back to life: ${reason instanceof Error ? reason.message : String(reason)}`;
    const error = { code: UNREADABLE, message: message.slice(0, 2_000) };
    const rows = await inbox.read([run.id]);
    const cancelled = rows.some((row) => row.kind === 'cancel');
    const status: ExecutionStatus = cancelled ? 'cancelled' : 'paused';
    const consumed = rows.filter((row) => row.kind === 'cancel' || row.kind === 'resume').map((row) => row.id);
    const append: Append = {
      executionId: run.id,
      timers: [],
      consumed,
      outbox: cancelled && run.parentId !== null ? [childEnded(identityOf(run), { status, output: null, error })] : [],
      change: {
        status,
        output: null,
        error: JSON.stringify(error),
        settled: run.settled,
        total: run.total,
        completedAt: cancelled ? Date.now() : null,
        owner: 'release',
      },
    };
    if (cancelled) {
      const seq = (history.records.at(-1)?.seq ?? history.snapshotSeq) + 1;
      const record: JournalRecord = { seq, type: 'execution_cancelled', at: Date.now(), data: { error } };
      append.records = { seq, lastSeq: seq, body: JSON.stringify([record]) };
      append.closedApprovals = [{ path: null, status: 'cancelled', decision: null }];
    }
    await commits.append(laneOf(run.id), append);
    logger.error(
      { err: reason, executionId: run.id, status },
      'A run cannot be brought back to life and was put aside',
    );
    const event = { executionId: run.id, workflowId: run.workflowId, status, at: new Date().toISOString() };
    bus.emit(cancelled ? executionEnded : executionChanged, run.organizationId, event);
  }
}

/** Whether trying again would help as little as this time: nobody was away and nothing was overloaded. */
export function isForGood(error: unknown): boolean {
  if (AppError.is(error)) return error.code === 'not_found';
  return sqlState(error) === null && !isDatabaseAway(error);
}

function identityOf({ id, organizationId, parentId, parentPath, parentAttempt }: ClaimedRun) {
  const parent =
    parentId !== null && parentPath !== null && parentAttempt !== null
      ? { executionId: parentId, path: parentPath, attempt: parentAttempt }
      : null;
  return { id, organizationId, parent };
}

import type { ExecutionStatus } from '@rpa/contracts';
import type { Run } from '../state/run.js';
import { startClock, stopClock } from '../state/run-clock.js';
import type { RunError } from '../types.js';
import { holdsFile } from '../state/file-references.js';
import type { Fold, FoldTable } from './fold.js';

const paused: Fold = (run, record) => {
  run.paused = true;
  stopClock(run, record.at);
};

const resumed: Fold = (run, record) => {
  run.paused = false;
  startClock(run, record.at);
};

const cancelRequested: Fold = (run) => {
  run.closing = { status: 'cancelled', error: null };
  closeRoot(run);
};

const variableUpdated: Fold = (run, record) => {
  run.variables = { ...run.variables, [record.data['name'] as string]: record.data['value'] ?? null };
  run.holdsFiles ||= holdsFile(record.data['value']);
};

const responseSent: Fold = (run, record) => {
  run.response = record.data as unknown as NonNullable<Run['response']>;
};

const ended =
  (status: ExecutionStatus): Fold =>
  (run, record) => {
    run.end = {
      status,
      output: record.data['output'] ?? null,
      error: (record.data['error'] as unknown as RunError | undefined) ?? null,
    };
    run.signalWaiters.clear();
    run.loaded.clear();
  };

export const RUN_FOLDS: FoldTable = {
  execution_paused: paused,
  execution_resumed: resumed,
  cancel_requested: cancelRequested,
  variable_updated: variableUpdated,
  response_sent: responseSent,
  execution_completed: ended('completed'),
  execution_failed: ended('failed'),
  execution_cancelled: ended('cancelled'),
  execution_timed_out: ended('timed_out'),
};

export function closeRoot(run: Run): void {
  run.agenda.push({ kind: 'close', scope: run.root });
}

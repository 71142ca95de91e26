import type { JournalRecord } from '@rpa/contracts';
import type { Plan } from '../plan/plan.js';
import type { RunState } from '../types.js';
import { findStep } from '../state/find-step.js';
import { runOf, type Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';
import type { FoldTable } from './fold.js';
import { foldStarted } from './fold-started.js';
import { RUN_FOLDS } from './fold-run.js';
import { STEP_FOLDS } from './fold-step.js';
import { LOOP_FOLDS } from './fold-loop.js';
import { WAIT_FOLDS } from './fold-wait.js';

const FOLDS: FoldTable = { ...RUN_FOLDS, ...STEP_FOLDS, ...LOOP_FOLDS, ...WAIT_FOLDS };

/**
 * Adds one record of the journal to the state, in place; `undefined` is the state before the first record, which is
 * `execution_started`. Kinds that this version does not know change nothing.
 */
export function foldRecord(plan: Plan, state: RunState | undefined, record: JournalRecord): RunState {
  if (!state) return foldStarted(plan, record);
  const run = runOf(state);
  applyRecord(run, record, record.path === undefined ? undefined : findStep(run, record.path));
  run.agenda.dropStale(run);
  return run;
}

/** The same for a caller that has the step at hand. */
export function applyRecord(run: Run, record: JournalRecord, step: StepState | undefined): void {
  run.seq = record.seq;
  run.lastAt = record.at;
  FOLDS[record.type]?.(run, record, step);
}

import type { JsonObject, StepError, StepStatus } from '@rpa/contracts';
import { branchesOf } from '../steps/branches.js';
import { holdsFile } from '../state/file-references.js';
import type { Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';
import { closeRoot } from './fold-run.js';
import type { Fold, FoldTable } from './fold.js';
import { setPhase, settle } from './phases.js';

const queued: Fold = (run, record, step) => {
  if (!step) return;
  setPhase(run, step, 'queued');
  step.attempt = record.attempt ?? 1;
  step.delivery = 1;
  step.crashes = 0;
  step.worker = undefined;
  step.child = undefined;
  step.formerChild = record.data['formerChild'] as string | undefined;
  step.wait = undefined;
  step.retryAt = undefined;
  step.deadline = record.data['deadline'] as number | undefined;
  if (record.data['config'] !== undefined) step.config = record.data['config'] as JsonObject;
};

const redelivered: Fold = (_run, record, step) => {
  if (!step) return;
  step.delivery = record.data['delivery'] as number;
  step.crashes = (record.data['crashes'] as number | undefined) ?? step.crashes;
};

const starting: Fold = (_run, record, step) => {
  if (step) step.worker = record.data['worker'] as string;
};

const completed: Fold = (run, record, step) => {
  if (!step) return;
  const { data } = record;
  step.attempt = record.attempt ?? step.attempt;
  const output = data['output'] ?? null;
  run.holdsFiles ||= holdsFile(output);
  const { signal } = data;
  if (signal !== undefined) run.earlySignals = run.earlySignals.filter((early) => early.id !== signal);
  const branches = (data['branches'] as string[] | undefined) ?? [];
  settle(run, step, { status: 'completed', output, errors: data['errors'], branches });
  if (data['disabled'] !== true) flow(run, step);
};

/** What a completed flow step does to the run or loop around it. */
function flow(run: Run, step: StepState): void {
  const { type } = step.node;
  if (type === 'stop') {
    run.closing = { status: 'completed', error: null };
    closeRoot(run);
  } else if (type === 'break' || type === 'continue') {
    const { scope } = step;
    scope.closing = type;
    const loop = scope.owner?.loop;
    if (loop && type === 'break') loop.breakAt = Math.min(loop.breakAt ?? scope.index, scope.index);
    run.agenda.push({ kind: 'close', scope });
    if (scope.owner) run.agenda.push({ kind: 'loop', step: scope.owner });
  }
}

const failed: Fold = (run, record, step) => {
  if (!step) return;
  const error = record.data['error'] as unknown as StepError;
  step.attempt = record.attempt ?? step.attempt;
  if (step.node.onError === 'fail') {
    step.scope.failure ??= { error, path: (record.data['stepPath'] as string | undefined) ?? step.path };
    run.agenda.push({ kind: 'close', scope: step.scope });
  }
  settle(run, step, { status: 'failed', error });
};

const retrying: Fold = (run, record, step) => {
  if (!step) return;
  setPhase(run, step, 'retrying');
  step.attempt = record.attempt ?? step.attempt;
  step.error = record.data['error'] as unknown as StepError;
  step.retryAt = record.data['dueAt'] as number;
  step.child = undefined;
  step.worker = undefined;
  step.deadline = undefined;
};

const skipped: Fold = (run, _record, step) => {
  if (!step) return;
  settle(run, step, { status: 'skipped' });
};

const cancelled: Fold = (run, _record, step) => {
  if (step) settle(run, step, { status: 'cancelled' });
};

const adopted: Fold = (run, record, step) => {
  if (!step) return;
  const { data } = record;
  const status = data['status'] as Extract<StepStatus, 'completed' | 'failed' | 'skipped'>;
  step.attempt = record.attempt ?? 1;
  const error = (data['error'] as unknown as StepError | null | undefined) ?? null;
  const output = data['output'] ?? null;
  run.holdsFiles ||= holdsFile(output);
  settle(run, step, { status, output, error, branches: branchesOf(step.node, output) });
};

export const STEP_FOLDS: FoldTable = {
  step_queued: queued,
  step_redelivered: redelivered,
  step_starting: starting,
  step_completed: completed,
  step_failed: failed,
  step_retrying: retrying,
  step_skipped: skipped,
  step_cancelled: cancelled,
  step_adopted: adopted,
};

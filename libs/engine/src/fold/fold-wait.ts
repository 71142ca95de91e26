import type { JsonValue } from '@rpa/contracts';
import { holdsFile } from '../state/file-references.js';
import type { Run } from '../state/run.js';
import type { StepState, StepWait } from '../state/step-state.js';
import { timeoutError } from '../steps/step-failure.js';
import { closeRoot } from './fold-run.js';
import type { Fold, FoldTable } from './fold.js';
import { setPhase } from './phases.js';

/** Data of `step_waiting` and `approval_requested`. */
const waiting: Fold = (run, record, step) => {
  if (!step) return;
  const { kind, timer, dueAt, name, deadline, config } = record.data;
  setPhase(run, step, 'waiting');
  step.attempt = record.attempt ?? 1;
  step.wait = { kind: kind as StepWait['kind'] };
  if (timer !== undefined) step.wait.timer = timer as string;
  if (dueAt !== undefined) step.wait.dueAt = dueAt as number;
  if (deadline !== undefined) step.deadline = deadline as number;
  if (config !== undefined) step.config = config as StepState['config'];
  if (name !== undefined) awaitSignal(run, step, step.wait, name as string);
};

function awaitSignal(run: Run, step: StepState, wait: StepWait, name: string): void {
  wait.name = name;
  const waiters = run.signalWaiters.get(name);
  if (waiters) waiters.push(step);
  else run.signalWaiters.set(name, [step]);
}

const approvalRequested: Fold = (run, record, step) =>
  waiting(run, { ...record, data: { ...record.data, kind: 'approval' } }, step);

const signalReceived: Fold = (run, record) => {
  const { id, name, payload, taken } = record.data as { id: string; name: string; payload: JsonValue; taken?: boolean };
  run.seenSignals.add(id);
  run.holdsFiles ||= holdsFile(payload);
  if (!taken) run.earlySignals.push({ id, name, payload });
};

const childStarted: Fold = (run, record, step) => {
  if (!step) return;
  setPhase(run, step, 'child');
  step.child = record.data['executionId'] as string;
};

const timerFired: Fold = (run, record, step) => {
  const timer = record.data['timer'] as string;
  if (timer === 'run') {
    run.closing = { status: 'timed_out', error: { code: 'run_timeout', message: 'The run exceeded its time limit' } };
    run.dueAt = undefined;
    closeRoot(run);
  } else if (step?.phase === 'retrying') {
    step.retryAt = undefined;
    run.agenda.push({ kind: 'start', step });
  } else if (step?.loop && timer.startsWith('timeout:')) {
    step.loop.closing = { error: timeoutError(step.node.ownTimeoutMs ?? 0) };
    step.deadline = undefined;
    run.agenda.push({ kind: 'loop', step });
  }
};

const decisionRequired: Fold = (run, record, step) => {
  if (!step) return;
  setPhase(run, step, 'deciding');
  step.reason = record.data['reason'] as string;
};

export const WAIT_FOLDS: FoldTable = {
  step_waiting: waiting,
  approval_requested: approvalRequested,
  signal_received: signalReceived,
  child_started: childStarted,
  timer_fired: timerFired,
  decision_required: decisionRequired,
};

import type { JsonValue, StepError, StepStatus } from '@rpa/contracts';
import type { PlanEdge } from '../plan/plan.js';
import type { Run } from '../state/run.js';
import { startClock, stopClock } from '../state/run-clock.js';
import type { ScopeState } from '../state/scope-state.js';
import { isLeafPhase, isWaitPhase, type Phase, type StepState } from '../state/step-state.js';

/** Moves a step to another phase and keeps the counts of its run and of every scope around it. */
export function setPhase(run: Run, step: StepState, phase: Phase): void {
  count(run, step.phase, -1);
  count(run, phase, 1);
  const previous = step.phase;
  step.phase = phase;
  if (phase === 'deciding') stopClock(run, run.lastAt);
  else if (previous === 'deciding') startClock(run, run.lastAt);
  const leaves = Number(isLeafPhase(phase)) - Number(isLeafPhase(previous));
  const waits = Number(isWaitPhase(phase)) - Number(isWaitPhase(previous));
  if (leaves === 0 && waits === 0) return;
  for (let scope: ScopeState | undefined = step.scope; scope; scope = scope.parent) {
    scope.leaves += leaves;
    scope.waits += waits;
    if (scope.failure) run.agenda.push({ kind: 'close', scope });
  }
}

function count(run: Run, phase: Phase, by: 1 | -1): void {
  if (phase === 'queued') run.busy += by;
  else if (phase === 'child' || isWaitPhase(phase)) run.waiting += by;
  else if (phase === 'deciding') run.deciding += by;
}

export interface Outcome {
  status: Extract<StepStatus, 'completed' | 'failed' | 'skipped' | 'cancelled'>;
  output?: JsonValue;
  error?: StepError | null;
  errors?: JsonValue;
  /** Branches that a completed step chose. */
  branches?: readonly string[];
}

/** Ends a step for good and settles the edges that leave it. */
export function settle(run: Run, step: StepState, outcome: Outcome): void {
  leaveSignal(run, step);
  setPhase(run, step, 'settled');
  step.outcome = outcome.status;
  step.output = outcome.output ?? null;
  step.error = outcome.error ?? null;
  step.errors = outcome.errors;
  step.config = undefined;
  step.wait = undefined;
  step.deadline = undefined;
  step.retryAt = undefined;
  closeLoop(step);
  const { scope } = step;
  scope.open--;
  if (scope === run.root) run.settledSteps++;
  for (const edge of step.node.edges) arrive(run, scope, edge, isTaken(step, edge, outcome));
  if (scope.open === 0) run.agenda.push({ kind: 'close', scope });
}

function isTaken(step: StepState, edge: PlanEdge, outcome: Outcome): boolean {
  if (outcome.status === 'completed') {
    return edge.next || edge.branches.some((branch) => outcome.branches?.includes(branch));
  }
  if (outcome.status !== 'failed') return false;
  if (step.node.onError === 'route') return edge.route;
  return step.node.onError === 'continue' && edge.next;
}

function arrive(run: Run, scope: ScopeState, edge: PlanEdge, taken: boolean): void {
  const target = scope.step(edge.to);
  target.settledIn++;
  if (taken) target.taken = true;
  if (target.phase !== 'idle') return;
  const allSettled = target.settledIn === target.node.incoming;
  if (taken && target.node.join === 'any') makeReady(run, target);
  else if (allSettled && target.taken) makeReady(run, target);
  else if (allSettled) {
    target.phase = 'skipping';
    run.agenda.push({ kind: 'skip', step: target });
  }
}

export function makeReady(run: Run, step: StepState): void {
  setPhase(run, step, 'ready');
  run.agenda.push({ kind: 'start', step });
}

function closeLoop(step: StepState): void {
  if (!step.loop) return;
  for (const scope of step.loop.running.values()) scope.closed = true;
  step.loop = undefined;
}

function leaveSignal(run: Run, step: StepState): void {
  const name = step.wait?.name;
  if (name === undefined) return;
  const waiters = run.signalWaiters.get(name)?.filter((waiter) => waiter !== step);
  if (waiters?.length) run.signalWaiters.set(name, waiters);
  else run.signalWaiters.delete(name);
}

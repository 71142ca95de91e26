import type { JsonObject } from '@rpa/contracts';
import type { ScopeState } from '../state/scope-state.js';
import type { StepState } from '../state/step-state.js';
import { retryTimer } from './fail-step.js';
import { sideEffectOf } from './queue-step.js';
import type { Turn } from './turn.js';

/**
 * Cancels every active step of a scope, innermost first, or with `only` those that it names. Gives false when the
 * transition is full before all are reached.
 */
export function cancelScope(
  turn: Turn,
  scope: ScopeState,
  reason: string,
  only: (step: StepState) => boolean = () => true,
): boolean {
  for (const step of scope.steps) {
    if (!step?.isActive) continue;
    if (step.loop && ![...step.loop.running.values()].every((inner) => cancelScope(turn, inner, reason, only))) {
      return false;
    }
    if (!only(step)) continue;
    if (turn.isFull) return false;
    cancelStep(turn, step, reason);
  }
  return true;
}

export function cancelStep(turn: Turn, step: StepState, reason: string): void {
  const data: JsonObject = { reason };
  if (hasUnknownOutcome(step)) data['outcome'] = 'unknown';
  stopWork(turn, step);
  closeApproval(turn, step, 'cancelled');
  turn.record('step_cancelled', data, step, Math.max(1, step.attempt));
}

function hasUnknownOutcome(step: StepState): boolean {
  if (step.phase === 'deciding') return true;
  return step.phase === 'queued' && step.worker !== undefined && sideEffectOf(step) === 'once';
}

/** Tells everybody who works for the step, or wakes it, that it is over. */
export function stopWork(turn: Turn, step: StepState): void {
  const { path, attempt } = step;
  if (step.child !== undefined) turn.effect({ type: 'cancel_child', path, executionId: step.child });
  else if (step.phase === 'queued' && step.node.type !== 'sub_workflow') turn.effect({ type: 'abort', path, attempt });
  clearTimers(turn, step);
}

/** Tells that nobody can decide any more, where the step waits for a decision. */
export function closeApproval(turn: Turn, step: StepState, status: 'expired' | 'cancelled'): void {
  if (step.wait?.kind !== 'approval') return;
  turn.effect({ type: 'close_approval', path: step.path, status, decision: null });
}

export function clearTimers(turn: Turn, step: StepState): void {
  if (step.retryAt !== undefined) turn.effect({ type: 'clear_timer', timer: retryTimer(step) });
  if (step.wait?.timer !== undefined) turn.effect({ type: 'clear_timer', timer: step.wait.timer });
  if (step.deadline !== undefined) turn.effect({ type: 'clear_timer', timer: timeoutTimer(step) });
}

/** Timer of the limit of a container, a sub-workflow or another step that no worker runs. */
export function timeoutTimer(step: StepState): string {
  return `timeout:${step.path}:${Math.max(1, step.attempt)}`;
}

import type { Plan } from '../plan/plan.js';
import { runOf, type Run } from '../state/run.js';
import type { ScopeState } from '../state/scope-state.js';
import type { StepState } from '../state/step-state.js';
import type { Effect, RunState } from '../types.js';
import { timeoutTimer } from './cancel-step.js';
import { retryTimer } from './fail-step.js';
import { startChildOf } from './queue-child.js';
import { dispatchOf } from './queue-step.js';

/**
 * What a new owner of the run has to take up, from the state alone: dispatches in flight with their present delivery
 * (the host waits for the worker's announcement or reports the delivery as lost), timers, children, approvals, the
 * answer to a waiter, open decisions, inline work that is left, or the end of a run that has ended. Log lines are not
 * repeated: they stand in the journal.
 */
export function pendingEffects(_plan: Plan, state: RunState): Effect[] {
  const run = runOf(state);
  const effects: Effect[] = [];
  if (run.response) effects.push({ type: 'respond', ...run.response });
  if (run.end) return [...effects, { type: 'end', ...run.end }];
  if (run.dueAt !== undefined) effects.push({ type: 'set_timer', timer: 'run', dueAt: run.dueAt });
  collect(run, run.root, effects);
  const mayGoOn = !run.paused || run.closing !== undefined;
  if (mayGoOn && run.agenda.hasWork(run)) effects.push({ type: 'continue' });
  return effects;
}

function collect(run: Run, scope: ScopeState, effects: Effect[]): void {
  for (const step of scope.steps) {
    if (!step?.isActive) continue;
    collectStep(run, step, effects);
    for (const inner of step.loop?.running.values() ?? []) collect(run, inner, effects);
  }
}

function collectStep(run: Run, step: StepState, effects: Effect[]): void {
  const { path, wait } = step;
  if (step.phase === 'queued') {
    effects.push(step.node.type === 'sub_workflow' ? startChildOf(run, step) : dispatchOf(run, step));
  }
  if (step.phase === 'deciding') effects.push({ type: 'decision_required', path, reason: step.reason ?? 'unknown' });
  if (step.retryAt !== undefined) effects.push({ type: 'set_timer', timer: retryTimer(step), dueAt: step.retryAt });
  if (wait?.timer !== undefined && wait.dueAt !== undefined) {
    effects.push({ type: 'set_timer', timer: wait.timer, dueAt: wait.dueAt });
  }
  if (step.deadline !== undefined) {
    effects.push({ type: 'set_timer', timer: timeoutTimer(step), dueAt: step.deadline });
  }
  if (wait?.kind === 'approval') {
    const expiresAt = wait.dueAt === undefined ? {} : { expiresAt: wait.dueAt };
    effects.push({ type: 'request_approval', path, config: step.config ?? {}, ...expiresAt });
  }
}

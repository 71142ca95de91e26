import type { StepState } from '../state/step-state.js';
import type { Turn } from './turn.js';

/** Parks a step whose outcome is unknown until a person says what happened. */
export function requireDecision(turn: Turn, step: StepState, reason: string): void {
  const clockRan = turn.run.dueAt !== undefined;
  turn.record('decision_required', { reason }, step, step.attempt);
  turn.effect({ type: 'decision_required', path: step.path, reason });
  if (clockRan) turn.effect({ type: 'clear_timer', timer: 'run' });
}

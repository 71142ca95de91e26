import { timeoutError } from '../../steps/step-failure.js';
import { failStep } from '../fail-step.js';
import { sideEffectOf } from '../queue-step.js';
import { requireDecision } from '../require-decision.js';
import { openAttempt, type EventHandler } from './event-handler.js';

/** The worker is told to stop; a granted `once` step may have done its work, so a person decides. */
export const deadlinePassed: EventHandler<'deadline_passed'> = (turn, event) => {
  const step = openAttempt(turn, event);
  if (!step || step.node.inline || step.phase !== 'queued') return;
  const { path, attempt } = event;
  turn.effect({ type: 'abort', path, attempt });
  if (sideEffectOf(step) === 'once' && step.worker !== undefined) requireDecision(turn, step, 'timeout');
  else failStep(turn, step, timeoutError(step.node.timeoutMs));
};

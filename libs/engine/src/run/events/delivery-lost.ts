import type { JsonObject } from '@rpa/contracts';
import type { StepState } from '../../state/step-state.js';
import { stepError } from '../../steps/step-failure.js';
import { failStep } from '../fail-step.js';
import { dispatchOf, sideEffectOf } from '../queue-step.js';
import { requireDecision } from '../require-decision.js';
import type { Turn } from '../turn.js';
import { openAttempt, type EventHandler } from './event-handler.js';

/** A step that took its worker down this often is not handed to another one. */
const MOST_CRASHES = 3;

/**
 * Sends the attempt again, unless its outcome is unknown and nobody would recognise the repeat. A worker that died with
 * the step counts against it, a moved owner does not.
 */
export const deliveryLost: EventHandler<'delivery_lost'> = (turn, event) => {
  const step = openAttempt(turn, event);
  if (!step || step.node.inline || step.phase !== 'queued' || step.delivery !== event.delivery) return;
  if (sideEffectOf(step) === 'once' && step.worker !== undefined) {
    requireDecision(turn, step, event.reason);
    return;
  }
  const crashes = step.crashes + (event.reason === 'worker_died' ? 1 : 0);
  if (crashes >= MOST_CRASHES) {
    failStep(turn, step, stepError('worker_died', `${crashes} workers died while they ran this step`));
    return;
  }
  redeliver(turn, step, { delivery: step.delivery + 1, crashes, reason: event.reason });
};

function redeliver(turn: Turn, step: StepState, data: JsonObject): void {
  turn.record('step_redelivered', data, step, step.attempt);
  turn.effect(dispatchOf(turn.run, step));
}

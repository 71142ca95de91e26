import type { JsonObject } from '@rpa/contracts';
import type { StepState } from '../../state/step-state.js';
import { stepError } from '../../steps/step-failure.js';
import { failStep } from '../fail-step.js';
import { dispatchOf, sideEffectOf } from '../queue-step.js';
import { requireDecision } from '../require-decision.js';
import type { Turn } from '../turn.js';
import { openAttempt, type EventHandler } from './event-handler.js';

/** A step that took its worker down this often, the last time with nothing beside it, is not handed to another one. */
const MOST_CRASHES = 3;
/** So many can be no accident, even if the step was never seen alone. */
const MOST_SHARED_CRASHES = 20;
const MOST_DELIVERIES = 100;

/**
 * Sends the attempt again, unless its outcome is unknown and nobody would recognise the repeat. A worker that died with
 * the step counts against it, but is held against it only when nothing else can have been the cause; a worker that lives and
 * does not have it, and a moved owner, do not count.
 */
export const deliveryLost: EventHandler<'delivery_lost'> = (turn, event) => {
  const step = openAttempt(turn, event);
  if (!step || step.node.inline || step.phase !== 'queued' || step.delivery !== event.delivery) return;
  if (sideEffectOf(step) === 'once' && step.worker !== undefined) {
    requireDecision(turn, step, event.reason);
    return;
  }
  const crashes = step.crashes + (event.reason === 'worker_died' ? 1 : 0);
  const blamed = crashes >= (event.shared === true ? MOST_SHARED_CRASHES : MOST_CRASHES);
  if (event.reason === 'worker_died' && blamed) {
    const alone = event.shared === true ? '' : ', the last one while it ran nothing else';
    failStep(turn, step, stepError('worker_died', `${crashes} workers died while they ran this step${alone}`));
    return;
  }
  if (step.delivery >= MOST_DELIVERIES) {
    failStep(
      turn,
      step,
      stepError('worker_died', `The step was handed over ${step.delivery} times and never answered`),
    );
    return;
  }
  redeliver(turn, step, { delivery: step.delivery + 1, crashes, reason: event.reason });
};

function redeliver(turn: Turn, step: StepState, data: JsonObject): void {
  turn.record('step_redelivered', data, step, step.attempt);
  turn.effect(dispatchOf(turn.run, step));
}

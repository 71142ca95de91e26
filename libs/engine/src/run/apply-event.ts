import type { Plan } from '../plan/plan.js';
import { runOf } from '../state/run.js';
import type { RunEvent, RunState, Transition } from '../types.js';
import { advance } from './advance.js';
import { adoptionsLoaded } from './events/adoptions-loaded.js';
import { approvalDecided } from './events/approval-decided.js';
import { cancelRequested } from './events/cancel-requested.js';
import { childEnded } from './events/child-ended.js';
import { childStarted } from './events/child-started.js';
import { deadlinePassed } from './events/deadline-passed.js';
import { decisionMade } from './events/decision-made.js';
import { deliveryLost } from './events/delivery-lost.js';
import type { EventHandler } from './events/event-handler.js';
import { pauseRequested, resumeRequested } from './events/pause.js';
import { signalReceived } from './events/signal-received.js';
import { stepResult } from './events/step-result.js';
import { stepStartRequested } from './events/step-start-requested.js';
import { timerFired } from './events/timer-fired.js';
import { valuesLoaded } from './events/values-loaded.js';
import type { Filing } from './put-away.js';
import { Turn } from './turn.js';

const HANDLERS: { readonly [Type in RunEvent['type']]: EventHandler<Type> } = {
  step_result: stepResult,
  step_start_requested: stepStartRequested,
  delivery_lost: deliveryLost,
  deadline_passed: deadlinePassed,
  timer_fired: timerFired,
  signal_received: signalReceived,
  approval_decided: approvalDecided,
  child_started: childStarted,
  child_ended: childEnded,
  cancel_requested: cancelRequested,
  pause_requested: pauseRequested,
  resume_requested: resumeRequested,
  decision_made: decisionMade,
  adoptions_loaded: adoptionsLoaded,
  values_loaded: valuesLoaded,
  continue: (turn) => turn.run.agenda.unblock(),
};

/**
 * Applies one event: gives the records to commit and the effects to perform once they are durable, and changes `state`
 * in place. An event that comes late or twice (its attempt is closed, its timer is gone, the run has ended) gives no
 * records; nothing from outside makes this throw. The cost depends on the steps that the event affects, not on how many
 * the run has. Values that are too large for the journal go through `filing`.
 */
export function applyEvent(_plan: Plan, state: RunState, event: RunEvent, filing?: Filing): Transition {
  const turn = new Turn(runOf(state), event.at, filing);
  const handle = HANDLERS[event.type] as EventHandler | undefined;
  if (!handle) return turn.finish();
  handle(turn, event);
  if (!turn.run.end) advance(turn);
  if (event.type === 'values_loaded') turn.run.forgetFiles();
  return turn.finish();
}

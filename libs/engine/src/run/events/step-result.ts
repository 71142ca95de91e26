import { failStep } from '../fail-step.js';
import { rearmingClock } from '../rearm-clock.js';
import { openAttempt, type EventHandler } from './event-handler.js';

/** The first result of an open attempt counts, whichever delivery it comes from; it also settles an open decision. */
export const stepResult: EventHandler<'step_result'> = (turn, event) => {
  const step = openAttempt(turn, event);
  if (!step || step.node.inline || (step.phase !== 'queued' && step.phase !== 'deciding')) return;
  const { outcome } = event;
  rearmingClock(turn, () => {
    if (outcome.status === 'completed') turn.record('step_completed', { output: outcome.output }, step, step.attempt);
    else failStep(turn, step, outcome.error);
  });
};

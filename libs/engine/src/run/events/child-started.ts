import { openAttempt, type EventHandler } from './event-handler.js';

/** A child whose step is over already has nobody to answer to: it is cancelled. */
export const childStarted: EventHandler<'child_started'> = (turn, event) => {
  const { path, executionId } = event;
  const step = openAttempt(turn, event);
  if (step?.node.type !== 'sub_workflow') {
    turn.effect({ type: 'cancel_child', path, executionId });
  } else if (step.phase === 'queued') {
    turn.record('child_started', { executionId }, step, step.attempt);
  }
};

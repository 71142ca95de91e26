import { clearTimers } from '../cancel-step.js';
import type { EventHandler } from './event-handler.js';

/**
 * Wakes the step that has waited longest for the name; without one the signal is kept for a step that comes later. How many
 * may be kept is asked before a signal is accepted ({@link hasRoomForSignal}): one that was accepted is never dropped.
 */
export const signalReceived: EventHandler<'signal_received'> = (turn, { id, name, payload }) => {
  const { run } = turn;
  if (run.end || run.closing || run.seenSignals.has(id)) return;
  const waiter = run.signalWaiters.get(name)?.[0];
  turn.record('signal_received', waiter ? { id, name, payload, taken: true } : { id, name, payload });
  if (!waiter) return;
  clearTimers(turn, waiter);
  turn.record('step_completed', { output: payload, signal: id }, waiter, waiter.attempt);
};

import { LIMITS } from '../../definition/limits.js';
import { clearTimers } from '../cancel-step.js';
import type { EventHandler } from './event-handler.js';

/** Wakes the step that has waited longest for the name; without one the signal is kept for a step that comes later. */
export const signalReceived: EventHandler<'signal_received'> = (turn, { id, name, payload }) => {
  const { run } = turn;
  if (run.end || run.closing || run.seenSignals.has(id)) return;
  const waiter = run.signalWaiters.get(name)?.[0];
  if (!waiter && run.earlySignals.length >= LIMITS.bufferedSignals) return;
  turn.record('signal_received', waiter ? { id, name, payload, taken: true } : { id, name, payload });
  if (!waiter) return;
  clearTimers(turn, waiter);
  turn.record('step_completed', { output: payload, signal: id }, waiter, waiter.attempt);
};

import { LIMITS } from '../definition/limits.js';
import { runOf } from '../state/run.js';
import type { RunState } from '../types.js';

/** Whether a signal would be taken or known already; false when too many came early and wait for their steps. */
export function hasRoomForSignal(state: RunState, { id, name }: { id: string; name: string }): boolean {
  const run = runOf(state);
  if (run.seenSignals.has(id) || (run.signalWaiters.get(name)?.length ?? 0) > 0) return true;
  return run.earlySignals.length < LIMITS.bufferedSignals;
}

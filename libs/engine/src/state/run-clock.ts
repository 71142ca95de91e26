import type { Run } from './run.js';

/** The run's own limit leaves out the time paused or waiting for a decision. */
export function stopClock(run: Run, at: number): void {
  if (run.dueAt === undefined) return;
  run.remainingMs = Math.max(0, run.dueAt - at);
  run.dueAt = undefined;
}

export function startClock(run: Run, at: number): void {
  if (run.remainingMs === undefined || run.paused || run.deciding > 0) return;
  run.dueAt = at + run.remainingMs;
  run.remainingMs = undefined;
}

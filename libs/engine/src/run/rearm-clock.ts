import type { Turn } from './turn.js';

/** Does something that may start the run's own limit again, and sets its timer then. */
export function rearmingClock(turn: Turn, act: () => void): void {
  const before = turn.run.dueAt;
  act();
  const { dueAt } = turn.run;
  if (dueAt !== undefined && before === undefined) turn.effect({ type: 'set_timer', timer: 'run', dueAt });
}

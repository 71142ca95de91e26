import { rearmingClock } from '../rearm-clock.js';
import type { EventHandler } from './event-handler.js';

/** Lets running steps finish and starts none. */
export const pauseRequested: EventHandler<'pause_requested'> = (turn, { by }) => {
  const { run } = turn;
  if (run.end || run.closing || run.paused) return;
  if (run.dueAt !== undefined) turn.effect({ type: 'clear_timer', timer: 'run' });
  turn.record('execution_paused', { by: by ?? null });
};

export const resumeRequested: EventHandler<'resume_requested'> = (turn, { by }) => {
  if (turn.run.end || !turn.run.paused) return;
  rearmingClock(turn, () => turn.record('execution_resumed', { by: by ?? null }));
};

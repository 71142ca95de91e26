import type { Task } from '../state/agenda.js';
import { closeScope } from './close-scope.js';
import { advanceLoop } from './advance-loop.js';
import { startStep } from './start-step.js';
import type { Turn } from './turn.js';

/** Does the inline work that the state owes, as far as one transition may go. */
export function advance(turn: Turn): void {
  const { run } = turn;
  while (!turn.isFull && mayGoOn(turn)) {
    const task = run.agenda.take(run);
    if (!task) return;
    if (perform(turn, task) === 'blocked') run.agenda.block(task);
  }
  if (mayGoOn(turn) && run.agenda.hasReady(run)) turn.effect({ type: 'continue' });
}

/** A paused run starts nothing, but it can be cancelled. */
function mayGoOn({ run }: Turn): boolean {
  return !run.end && (!run.paused || run.closing !== undefined);
}

export type Progress = 'done' | 'blocked';

function perform(turn: Turn, task: Task): Progress {
  switch (task.kind) {
    case 'start':
      return startStep(turn, task.step);
    case 'skip':
      turn.record('step_skipped', { reason: 'edges' }, task.step);
      return 'done';
    case 'loop':
      return advanceLoop(turn, task.step);
    case 'close':
      return closeScope(turn, task.scope);
  }
}

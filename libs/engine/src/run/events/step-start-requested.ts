import { openAttempt, type EventHandler } from './event-handler.js';

/** The first worker that asks is granted the start; asking again is granted again, another worker is refused. */
export const stepStartRequested: EventHandler<'step_start_requested'> = (turn, event) => {
  const { path, attempt, worker } = event;
  const step = openAttempt(turn, event);
  const queued = step?.phase === 'queued' && !step.node.inline ? step : undefined;
  if (queued && queued.worker === undefined) turn.record('step_starting', { worker }, queued, attempt);
  turn.effect({ type: 'grant', path, attempt, worker, granted: queued?.worker === worker });
};

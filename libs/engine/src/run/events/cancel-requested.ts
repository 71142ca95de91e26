import type { EventHandler } from './event-handler.js';

export const cancelRequested: EventHandler<'cancel_requested'> = (turn, { by, reason }) => {
  if (turn.run.end || turn.run.closing) return;
  turn.record('cancel_requested', { by: by ?? null, reason: reason ?? null });
};

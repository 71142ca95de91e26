import type { EventHandler } from './event-handler.js';

/** File contents that steps wait for; kept in memory for this transition only. */
export const valuesLoaded: EventHandler<'values_loaded'> = (turn, { values, faults = {} }) => {
  if (turn.run.end) return;
  for (const [id, value] of Object.entries(values)) turn.run.loaded.set(id, value);
  for (const [id, fault] of Object.entries(faults)) turn.run.unreadable.set(id, fault);
  turn.run.agenda.unblock();
};

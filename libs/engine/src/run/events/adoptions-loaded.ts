import type { EventHandler } from './event-handler.js';

/** What the former run gave, for steps that wait to know it. */
export const adoptionsLoaded: EventHandler<'adoptions_loaded'> = (turn, { adoptions }) => {
  if (turn.run.end) return;
  for (const [path, adoption] of Object.entries(adoptions)) turn.run.adoptions.set(path, adoption);
  turn.run.agenda.unblock();
};

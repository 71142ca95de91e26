import { findStep } from '../../state/find-step.js';
import { queueStep } from '../queue-step.js';
import { rearmingClock } from '../rearm-clock.js';
import type { EventHandler } from './event-handler.js';

/** What a person says about a step whose outcome is unknown. */
export const decisionMade: EventHandler<'decision_made'> = (turn, { path, decision, output = null, by }) => {
  if (turn.run.end) return;
  const step = findStep(turn.run, path);
  if (step?.phase !== 'deciding') return;
  const { attempt } = step;
  rearmingClock(turn, () => {
    turn.record('decision_made', { decision, by: by ?? null }, step, attempt);
    if (decision === 'complete') turn.record('step_completed', { output }, step, attempt);
    else if (decision === 'skip') turn.record('step_skipped', { reason: 'decision' }, step, attempt);
    else queueStep(turn, step, step.config ?? {});
  });
};

import { findStep } from '../../state/find-step.js';
import { offers, settleApproval } from '../settle-approval.js';
import type { EventHandler } from './event-handler.js';

/** The first decision that the step offers counts. */
export const approvalDecided: EventHandler<'approval_decided'> = (turn, { path, decision, by, data }) => {
  if (turn.run.end) return;
  const step = findStep(turn.run, path);
  if (step?.wait?.kind !== 'approval' || step.phase !== 'waiting' || !offers(step, step.config, decision)) return;
  settleApproval(turn, step, { decision, by: by ?? null, data: data ?? null }, 'decided');
};

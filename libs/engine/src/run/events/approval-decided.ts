import type { JsonObject } from '@rpa/contracts';
import { findStep } from '../../state/find-step.js';
import { stepError } from '../../steps/step-failure.js';
import { clearTimers } from '../cancel-step.js';
import { failStep } from '../fail-step.js';
import type { EventHandler } from './event-handler.js';

/** The first decision that the step offers counts. Without a branch of its name only `approved` goes on; everything else fails the step. */
export const approvalDecided: EventHandler<'approval_decided'> = (turn, { path, decision, by, data }) => {
  if (turn.run.end) return;
  const step = findStep(turn.run, path);
  if (step?.wait?.kind !== 'approval' || step.phase !== 'waiting') return;
  const { branchNames } = step.node;
  if (!allowedDecisions(step.config).includes(decision) && !branchNames.includes(decision)) return;
  const output: JsonObject = { decision, by: by ?? null, data: data ?? null };
  clearTimers(turn, step);
  turn.record('approval_decided', output, step, step.attempt);
  const hasBranch = branchNames.includes(decision);
  if (hasBranch || decision === 'approved') {
    turn.record('step_completed', { output, branches: [decision] }, step, step.attempt);
  } else {
    failStep(turn, step, stepError('approval_rejected', `The decision was ${decision}`, false, output));
  }
};

function allowedDecisions(config: JsonObject | undefined): unknown[] {
  const decisions = config?.['decisions'];
  return Array.isArray(decisions) ? decisions : ['approved', 'rejected'];
}

import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { StepState } from '../state/step-state.js';
import { stepError } from '../steps/step-failure.js';
import { clearTimers } from './cancel-step.js';
import { failStep } from './fail-step.js';
import type { Turn } from './turn.js';

interface Decided {
  decision: string;
  by: string | null;
  data: JsonValue;
}

/** Without a branch of its name only `approved` goes on; every other decision fails the step. */
export function settleApproval(turn: Turn, step: StepState, decided: Decided, status: 'decided' | 'expired'): void {
  const { decision } = decided;
  const output: JsonObject = { ...decided, ...(status === 'expired' && { expired: true }) };
  clearTimers(turn, step);
  turn.record('approval_decided', output, step, step.attempt);
  turn.effect({ type: 'close_approval', path: step.path, status, decision });
  const hasBranch = step.node.branchNames.includes(decision);
  if (hasBranch || decision === 'approved') {
    turn.record('step_completed', { output, branches: [decision] }, step, step.attempt);
  } else {
    failStep(turn, step, stepError('approval_rejected', `The decision was ${decision}`, false, output));
  }
}

/** Whether this decision can be made: by the list of the config, or since the step has a branch of its name. */
export function offers(step: StepState, config: JsonObject | undefined, decision: unknown): boolean {
  const { decisions = ['approved', 'rejected'] } = config ?? {};
  if (Array.isArray(decisions) && decisions.includes(decision as JsonValue)) return true;
  return step.node.branchNames.includes(decision as string);
}

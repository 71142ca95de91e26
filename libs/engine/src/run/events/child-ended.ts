import type { ExecutionStatus, StepError } from '@rpa/contracts';
import { stepError } from '../../steps/step-failure.js';
import { clearTimers } from '../cancel-step.js';
import { failStep } from '../fail-step.js';
import { openAttempt, type EventHandler, type EventOf } from './event-handler.js';

export const childEnded: EventHandler<'child_ended'> = (turn, event) => {
  const step = openAttempt(turn, event);
  if (step?.node.type !== 'sub_workflow') return;
  if (step.phase !== 'queued' && step.phase !== 'child') return;
  if (step.child !== undefined && step.child !== event.executionId) return;
  if (!TERMINAL.has(event.status)) return;
  clearTimers(turn, step);
  turn.record('child_ended', { executionId: event.executionId, status: event.status }, step, step.attempt);
  if (event.status === 'completed') {
    turn.record('step_completed', { output: event.output }, step, step.attempt);
  } else {
    failStep(turn, step, failureOf(event));
  }
};

const TERMINAL = new Set<ExecutionStatus>(['completed', 'failed', 'cancelled', 'timed_out']);

/** A cancelled child is not started again; one that failed is, when the step has attempts left. */
function failureOf({ executionId, status, error }: EventOf<'child_ended'>): StepError {
  const details = { executionId, status, error: error ? { code: error.code, message: error.message } : null };
  if (status === 'cancelled') return stepError('child_cancelled', 'The sub-workflow was cancelled', false, details);
  const message = error ? `The sub-workflow failed: ${error.message}` : `The sub-workflow ended as ${status}`;
  return stepError('child_failed', message, true, details);
}

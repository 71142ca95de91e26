import type { StepState } from '../../state/step-state.js';
import { findStep } from '../../state/find-step.js';
import { stepError, timeoutError } from '../../steps/step-failure.js';
import { clearTimers, closeApproval, stopWork, timeoutTimer } from '../cancel-step.js';
import { failStep, retryTimer } from '../fail-step.js';
import { settleApproval } from '../settle-approval.js';
import type { Turn } from '../turn.js';
import type { EventHandler } from './event-handler.js';

/** A timer counts when something still waits for exactly it. */
export const timerFired: EventHandler<'timer_fired'> = (turn, { timer }) => {
  const { run } = turn;
  if (run.end || run.closing) return;
  if (timer === 'run') {
    if (run.dueAt !== undefined) turn.record('timer_fired', { timer });
    return;
  }
  const step = findStep(run, pathOf(timer));
  if (!step?.isActive) return;
  if (timer === step.wait?.timer) waitIsOver(turn, step);
  else if (step.retryAt !== undefined && timer === retryTimer(step)) turn.record('timer_fired', { timer }, step);
  else if (step.deadline !== undefined && timer === timeoutTimer(step)) timedOut(turn, step, timer);
};

/** `<kind>:<path>:<attempt>` */
function pathOf(timer: string): string {
  return timer.slice(timer.indexOf(':') + 1, timer.lastIndexOf(':'));
}

function waitIsOver(turn: Turn, step: StepState): void {
  const kind = step.wait?.kind;
  const decision = step.config?.['defaultDecision'];
  if (kind === 'approval' && typeof decision === 'string') {
    settleApproval(turn, step, { decision, by: null, data: null }, 'expired');
    return;
  }
  clearOthers(turn, step);
  if (kind === 'delay') turn.record('step_completed', { output: null }, step, step.attempt);
  else if (kind === 'signal') {
    failStep(turn, step, stepError('signal_timeout', `No signal ${step.wait?.name ?? ''} came in time`));
  } else {
    closeApproval(turn, step, 'expired');
    failStep(turn, step, stepError('approval_expired', 'Nobody decided in time'));
  }
}

function clearOthers(turn: Turn, step: StepState): void {
  if (step.deadline !== undefined) turn.effect({ type: 'clear_timer', timer: timeoutTimer(step) });
}

function timedOut(turn: Turn, step: StepState, timer: string): void {
  if (step.loop) {
    turn.record('timer_fired', { timer }, step);
    return;
  }
  if (step.child !== undefined) stopWork(turn, step);
  else clearTimers(turn, step);
  closeApproval(turn, step, 'expired');
  failStep(turn, step, timeoutError(step.node.ownTimeoutMs ?? 0));
}

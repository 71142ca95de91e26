export const ExecutionStatus = {
  Pending: 'pending',
  Running: 'running',
  Waiting: 'waiting',
  Paused: 'paused',
  NeedsDecision: 'needs_decision',
  Completed: 'completed',
  Failed: 'failed',
  Cancelled: 'cancelled',
  TimedOut: 'timed_out',
} as const;
export type ExecutionStatus = (typeof ExecutionStatus)[keyof typeof ExecutionStatus];

/** States that never change again. */
export const TERMINAL_STATUSES: readonly ExecutionStatus[] = ['completed', 'failed', 'cancelled', 'timed_out'];

export function isTerminal(status: ExecutionStatus): boolean {
  return TERMINAL_STATUSES.includes(status);
}

export const StepStatus = {
  Pending: 'pending',
  Running: 'running',
  Waiting: 'waiting',
  Completed: 'completed',
  Failed: 'failed',
  Skipped: 'skipped',
  Cancelled: 'cancelled',
} as const;
export type StepStatus = (typeof StepStatus)[keyof typeof StepStatus];

export const EXECUTION_STATUSES: readonly ExecutionStatus[] = Object.values(ExecutionStatus);
export const STEP_STATUSES: readonly StepStatus[] = Object.values(StepStatus);

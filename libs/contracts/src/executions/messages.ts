import { cancelExecution, reportResult, requestStepStart } from './control-execution.command.js';
import { existExecutions } from './exist-executions.command.js';
import { appendLogs, readLogs } from './logs.command.js';
import { getExecution, listExecutions, listSteps, readJournal } from './read-executions.command.js';
import { readQuotas } from './read-quotas.command.js';
import { previewRerun, previewRetry, rerunExecution, retryExecution } from './rerun-execution.command.js';
import { startExecution } from './start-execution.command.js';
import { decideStep, pauseExecution, resumeExecution, signalExecution } from './steer-execution.command.js';

export * from './control-execution.command.js';
export * from './exist-executions.command.js';
export { approvalClosed, approvalRequested, ApprovalEvent } from './approval.event.js';
export * from './execution-ended.event.js';
export * from './execution-view.js';
export { labelFault, readLabel, type Labels } from './labels.js';
export * from './logs.command.js';
export { PENDING_REASONS, type PendingReason } from './pending-reason.js';
export * from './read-executions.command.js';
export * from './read-quotas.command.js';
export * from './replica-message.js';
export * from './rerun-execution.command.js';
export * from './start-execution.command.js';
export * from './steer-execution.command.js';

export const EXECUTIONS_COMMANDS = [
  startExecution,
  getExecution,
  listExecutions,
  listSteps,
  readJournal,
  readLogs,
  appendLogs,
  cancelExecution,
  pauseExecution,
  resumeExecution,
  signalExecution,
  decideStep,
  retryExecution,
  rerunExecution,
  previewRetry,
  previewRerun,
  reportResult,
  requestStepStart,
  existExecutions,
  readQuotas,
] as const;

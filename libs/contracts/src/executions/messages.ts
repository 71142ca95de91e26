import { cancelExecutions, getBulkOperation, retryExecutions } from './bulk-executions.command.js';
import { cancelExecution, reportResult, requestStepStart } from './control-execution.command.js';
import {
  createApprovalLink,
  decideApproval,
  decideLinkedApproval,
  getApproval,
  getLinkedApproval,
  listApprovals,
} from './decide-approvals.command.js';
import { existExecutions } from './exist-executions.command.js';
import { readOverview, readPerformance, readStepCosts, readTimeline } from './analytics.command.js';
import {
  listHolds,
  placeHold,
  previewRetention,
  readRetention,
  releaseHold,
  removeRetention,
  setRetention,
} from './retention.command.js';
import { listSlaBreaches, listSlaTargets, removeSlaTarget, setSlaTarget } from './sla.command.js';
import { followJournal, readChanges, readPositions } from './live.command.js';
import { appendLogs, readLogs } from './logs.command.js';
import { getExecution, listExecutions, listSteps, readJournal } from './read-executions.command.js';
import { readQuotas } from './read-quotas.command.js';
import { previewRerun, previewRetry, rerunExecution, retryExecution } from './rerun-execution.command.js';
import { startExecution } from './start-execution.command.js';
import { decideStep, pauseExecution, resumeExecution, signalExecution } from './steer-execution.command.js';
import { testStep } from './test-step.command.js';

export { APPROVAL_STATUSES, ApprovalView } from './approval-view.js';
export type { ApprovalStatus } from './approval-view.js';
export * from './bulk-executions.command.js';
export * from './control-execution.command.js';
export * from './decide-approvals.command.js';
export * from './exist-executions.command.js';
export { approvalClosed, approvalRequested, ApprovalEvent } from './approval.event.js';
export * from './execution-ended.event.js';
export * from './execution-view.js';
export { labelFault, readLabel, type Labels } from './labels.js';
export * from './analytics.command.js';
export * from './live.command.js';
export * from './logs.command.js';
export { PENDING_REASONS, type PendingReason } from './pending-reason.js';
export * from './read-executions.command.js';
export * from './read-quotas.command.js';
export * from './replica-message.js';
export * from './rerun-execution.command.js';
export * from './retention.command.js';
export * from './sla.command.js';
export * from './start-execution.command.js';
export * from './steer-execution.command.js';
export * from './test-step.command.js';

export const EXECUTIONS_COMMANDS = [
  startExecution,
  getExecution,
  listExecutions,
  listSteps,
  readJournal,
  setSlaTarget,
  removeSlaTarget,
  listSlaTargets,
  listSlaBreaches,
  readRetention,
  setRetention,
  removeRetention,
  previewRetention,
  placeHold,
  listHolds,
  releaseHold,
  readOverview,
  readTimeline,
  readPerformance,
  readStepCosts,
  followJournal,
  readPositions,
  readChanges,
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
  testStep,
  listApprovals,
  getApproval,
  decideApproval,
  createApprovalLink,
  getLinkedApproval,
  decideLinkedApproval,
  cancelExecutions,
  retryExecutions,
  getBulkOperation,
  reportResult,
  requestStepStart,
  existExecutions,
  readQuotas,
] as const;

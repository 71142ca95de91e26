import {
  isTerminal,
  type ExecutionStatus,
  type ExecutionSummary,
  type ExecutionView,
  type JsonObject,
  type JsonValue,
  type PendingReason,
  type StepView,
} from '@rpa/contracts';
import type { ExecutionEntity } from '@rpa/entities/executions';
import { traceIdOf } from '@rpa/platform';

/** What is told about an execution beside its steps. */
export type ToldRow = Pick<
  ExecutionEntity,
  | 'id'
  | 'workflowId'
  | 'workflowName'
  | 'workflowVersion'
  | 'status'
  | 'heldBack'
  | 'test'
  | 'triggerType'
  | 'triggerId'
  | 'inputs'
  | 'output'
  | 'error'
  | 'parentId'
  | 'rerunOf'
  | 'priority'
  | 'labels'
  | 'businessKey'
  | 'createdAt'
  | 'startedAt'
  | 'completedAt'
  | 'settled'
  | 'total'
  | 'traceparent'
>;

export function toSummary(row: ToldRow): ExecutionSummary {
  return {
    id: row.id,
    workflowId: row.workflowId,
    workflowName: row.workflowName,
    workflowVersion: row.workflowVersion,
    status: row.status as ExecutionStatus,
    ...(row.status === 'pending' && row.heldBack !== null && { pendingReason: row.heldBack as PendingReason }),
    test: row.test,
    trigger: { type: row.triggerType, ...(row.triggerId !== null && { id: row.triggerId }) },
    error: row.error,
    parentId: row.parentId,
    rerunOf: row.rerunOf,
    priority: row.priority,
    labels: row.labels ?? {},
    businessKey: row.businessKey,
    createdAt: row.createdAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    completedAt: row.completedAt?.toISOString() ?? null,
    durationMs: row.startedAt && row.completedAt ? row.completedAt.getTime() - row.startedAt.getTime() : null,
    progress: { settled: row.settled, total: row.total },
    traceId: traceIdOf(row.traceparent),
  };
}

/** The row is written at start, wait and end; how far a live run has come is told by its journal. */
export function toView(row: ToldRow, steps: StepView[]): ExecutionView {
  const summary = toSummary(row);
  if (!isTerminal(summary.status)) summary.progress.settled = steps.filter(isSettled).length;
  return { ...summary, inputs: row.inputs as JsonObject, output: (row.output ?? null) as JsonValue, steps };
}

function isSettled(step: StepView): boolean {
  return step.status !== 'pending' && step.status !== 'running' && step.status !== 'waiting';
}

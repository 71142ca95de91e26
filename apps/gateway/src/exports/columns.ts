import type {
  ExecutionSummary,
  RunCounts,
  StepCostView,
  Times,
  TimelinePoint,
  WorkflowPerformance,
} from '@rpa/contracts';
import type { Columns } from './download.js';

export const EXECUTION_COLUMNS: Columns<ExecutionSummary> = {
  id: (row) => row.id,
  workflow_id: (row) => row.workflowId,
  workflow_name: (row) => row.workflowName,
  workflow_version: (row) => row.workflowVersion,
  status: (row) => row.status,
  trigger: (row) => row.trigger.type,
  business_key: (row) => row.businessKey,
  labels: (row) => JSON.stringify(row.labels),
  priority: (row) => row.priority,
  error_code: (row) => row.error?.code,
  error_message: (row) => row.error?.message,
  error_step: (row) => row.error?.stepPath,
  created_at: (row) => row.createdAt,
  started_at: (row) => row.startedAt,
  completed_at: (row) => row.completedAt,
  duration_ms: (row) => row.durationMs,
  parent_id: (row) => row.parentId,
  rerun_of: (row) => row.rerunOf,
};

const COUNTS: Columns<RunCounts> = {
  runs: (row) => row.runs,
  completed: (row) => row.completed,
  failed: (row) => row.failed,
  cancelled: (row) => row.cancelled,
  timed_out: (row) => row.timedOut,
  success_rate: (row) => row.successRate,
};

function times<Row>(name: string, read: (row: Row) => Times): Columns<Row> {
  return {
    [`${name}_avg_ms`]: (row) => read(row).avg,
    [`${name}_p50_ms`]: (row) => read(row).p50,
    [`${name}_p95_ms`]: (row) => read(row).p95,
    [`${name}_p99_ms`]: (row) => read(row).p99,
  };
}

export const TIMELINE_COLUMNS: Columns<TimelinePoint> = {
  at: (row) => row.at,
  ...COUNTS,
  ...times<TimelinePoint>('duration', (row) => row.durationMs),
};

export const PERFORMANCE_COLUMNS: Columns<WorkflowPerformance> = {
  workflow_id: (row) => row.workflowId,
  workflow_name: (row) => row.workflowName,
  ...COUNTS,
  ...times<WorkflowPerformance>('duration', (row) => row.durationMs),
  ...times<WorkflowPerformance>('queue', (row) => row.queueMs),
};

export const STEP_COLUMNS: Columns<StepCostView> = {
  step: (row) => row.step,
  type: (row) => row.type,
  runs: (row) => row.runs,
  attempts: (row) => row.attempts,
  failures: (row) => row.failures,
  avg_ms: (row) => row.avgMs,
  longest_ms: (row) => row.longestMs,
  total_ms: (row) => row.totalMs,
  share: (row) => row.share,
};

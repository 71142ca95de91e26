import { IsIn, IsInt, IsOptional, IsString, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../journal/execution-status.js';
import { DoneReply } from '../messages/lists.js';
import type { TaskResult } from '../tasks/task.js';

export class CancelExecutionRequest {
  @IsId()
  id!: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(500)
  reason?: string;
}

export class CancelExecutionReply {
  @IsId()
  id!: string;

  @IsIn(EXECUTION_STATUSES)
  status!: ExecutionStatus;
}

export const cancelExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.cancel',
  owner: 'executions',
  summary: 'Cancel an execution; accepted when the wish is durable',
  access: { permission: 'executions:cancel' },
  audit: 'execution.cancel_requested',
  request: CancelExecutionRequest,
  reply: CancelExecutionReply,
  example: {
    request: { id: '0198c1f0-0000-7000-8000-000000000002', reason: 'no longer needed' },
    reply: { id: '0198c1f0-0000-7000-8000-000000000002', status: 'running' },
  },
});

export class ReportResultRequest {
  @JsonField()
  result!: TaskResult;
}

/** A result whose owner did not acknowledge it; any replica takes it, the answer means that it is durable or refused for good. */
export const reportResult = defineCommand({
  subject: 'rpc.executions.v1.result.report',
  owner: 'executions',
  summary: 'Hand over a step result that was not acknowledged',
  access: { services: ['worker', 'ai'] },
  audit: { none: 'What a step gave stands in the journal.' },
  request: ReportResultRequest,
  reply: DoneReply,
  example: {
    request: {
      result: {
        executionId: '0198c1f0-0000-7000-8000-000000000002',
        organizationId: '0198c1f0-0000-7000-8000-000000000003',
        path: 'fetch',
        attempt: 1,
        delivery: 1,
        worker: 'w1',
        outcome: { status: 'completed', output: null },
        tookMs: 12,
      },
    },
    reply: {},
  },
});

export class RequestStepStartRequest {
  @IsId()
  executionId!: string;

  @IsString()
  @MaxLength(2000)
  path!: string;

  @IsInt()
  @Min(1)
  attempt!: number;

  @IsString()
  @MaxLength(100)
  worker!: string;
}

export class RequestStepStartReply {
  /** False: another delivery has it, or the attempt is closed; do nothing. */
  @JsonField()
  granted!: boolean;
}

/** A worker asks before it begins a step of class `once`; granted after the start is durable, once. */
export const requestStepStart = defineCommand({
  subject: 'rpc.executions.v1.step.request-start',
  owner: 'executions',
  summary: 'Ask to begin a step that must not run twice',
  access: { services: ['worker', 'ai'] },
  audit: { none: 'The start of a step stands in the journal.' },
  request: RequestStepStartRequest,
  reply: RequestStepStartReply,
  example: {
    request: { executionId: '0198c1f0-0000-7000-8000-000000000002', path: 'pay', attempt: 1, worker: 'w1' },
    reply: { granted: true },
  },
});

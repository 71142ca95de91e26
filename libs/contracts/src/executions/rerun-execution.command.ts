import { IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { ExecutionStatus } from '../journal/execution-status.js';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import type { SideEffect } from '../steps/step-type.js';
import type { JsonObject } from '../values/json.js';

const ID = '0198c1f0-0000-7000-8000-000000000002';
const NEW_ID = '0198c1f0-0000-7000-8000-00000000000a';

/** A new execution that takes over what has worked in an ended one and runs the rest. */
export class RetryExecutionRequest extends ByIdRequest {
  /** Version that it runs: a number, or `latest` for the published one; default: the same as before. */
  @IsOptional()
  @JsonField()
  version?: number | 'latest';

  /** In place of the former inputs. What is taken over was made with the former ones. */
  @IsOptional()
  @IsJsonObject()
  inputs?: JsonObject;
}

export class RerunExecutionRequest extends RetryExecutionRequest {
  /**
   * Path of the step from which on everything runs again (`pay`, `each.3.pay`): that step and all that follow it. The rest
   * is taken over. Absent: everything runs again.
   */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  fromStep?: string;
}

export class RerunReply {
  /** The new execution. */
  @IsId()
  id!: string;

  @IsIn(Object.values(ExecutionStatus))
  status!: ExecutionStatus;

  /** The execution that it repeats. */
  @IsId()
  rerunOf!: string;
}

/** `conflict` while the execution runs, when nothing of it has failed, or when its journal is not kept any more. */
export const retryExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.retry',
  owner: 'executions',
  summary: 'Run again what has failed, as a new execution',
  access: { permission: 'executions:retry' },
  audit: 'execution.retried',
  request: RetryExecutionRequest,
  reply: RerunReply,
  idempotent: true,
  timeoutMs: 60_000,
  example: { request: { id: ID }, reply: { id: NEW_ID, status: 'pending', rerunOf: ID } },
});

/** `conflict` while the execution runs, or when its journal is not kept any more. */
export const rerunExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.rerun',
  owner: 'executions',
  summary: 'Run an execution again from one of its steps or the start, as a new execution',
  access: { permission: 'executions:retry' },
  audit: 'execution.rerun',
  request: RerunExecutionRequest,
  reply: RerunReply,
  idempotent: true,
  timeoutMs: 60_000,
  example: {
    request: { id: ID, fromStep: 'pay', version: 'latest' },
    reply: { id: NEW_ID, status: 'pending', rerunOf: ID },
  },
});

/** A step that did something outside and would do it once more. */
export interface RepeatedSideEffect {
  path: string;
  type: string;
  /**
   * `keyed`: under a new idempotency key, so that the other side takes it for a new request. Null for a sub-workflow: what
   * it does stands in the preview of its own execution.
   */
  sideEffect: Exclude<SideEffect, 'pure'> | null;
  /** What became of it; `unknown`: it was cut off, and may have happened. */
  status: 'completed' | 'failed' | 'cancelled' | 'unknown';
  /** Execution of the sub-workflow. */
  executionId?: string;
}

export class RerunPreview {
  /** Steps whose result is taken over. */
  @IsInt()
  adopted!: number;

  /** Steps with effects outside that would begin once more, if the run comes to them; at most 1,000. */
  @JsonField()
  repeats!: RepeatedSideEffect[];

  /** How many there are. */
  @IsInt()
  repeated!: number;

  /** `repeats` does not hold all of them. */
  @IsBoolean()
  truncated!: boolean;

  /** Version that would run; 0 for a draft. */
  @IsInt()
  workflowVersion!: number;
}

const PREVIEW: RerunPreview = {
  adopted: 3,
  repeats: [{ path: 'pay', type: 'http_request', sideEffect: 'keyed', status: 'failed' }],
  repeated: 1,
  truncated: false,
  workflowVersion: 2,
};

export const previewRetry = defineCommand({
  subject: 'rpc.executions.v1.retry.preview',
  owner: 'executions',
  summary: 'Tell which side effects a retry would repeat',
  access: { permission: 'executions:read' },
  request: RetryExecutionRequest,
  reply: RerunPreview,
  timeoutMs: 60_000,
  example: { request: { id: ID }, reply: PREVIEW },
});

export const previewRerun = defineCommand({
  subject: 'rpc.executions.v1.rerun.preview',
  owner: 'executions',
  summary: 'Tell which side effects a rerun would repeat',
  access: { permission: 'executions:read' },
  request: RerunExecutionRequest,
  reply: RerunPreview,
  timeoutMs: 60_000,
  example: { request: { id: ID, fromStep: 'pay' }, reply: PREVIEW },
});

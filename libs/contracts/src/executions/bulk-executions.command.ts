import { ArrayMaxSize, ArrayMinSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';

export class BulkExecutionsRequest {
  /**
   * Which executions, as the query of the list: `{ "workflowId": "...", "status": "failed", "from": "..." }`. Those that
   * are there when it is asked for. This or `ids` is needed.
   */
  @IsOptional()
  @IsJsonObject()
  filter?: JsonObject;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(1_000)
  @IsId({ each: true })
  ids?: string[];
}

export class BulkCancelRequest extends BulkExecutionsRequest {
  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(500)
  reason?: string;
}

export const BULK_ACTIONS = ['cancel', 'retry'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export interface BulkFault {
  executionId: string;
  code: string;
  message: string;
}

/** What has come of a bulk operation so far. It goes on whatever crashes meanwhile. */
export class BulkOperation {
  @IsId()
  id!: string;

  @IsIn(BULK_ACTIONS)
  action!: BulkAction;

  @IsIn(['running', 'completed'])
  status!: 'running' | 'completed';

  /** Executions that the filter fitted when it was asked for; null: more than 100,000. */
  @JsonField()
  total!: number | null;

  /** Executions that were looked at. */
  @IsInt()
  processed!: number;

  /** Cancels or retries that were accepted. */
  @IsInt()
  succeeded!: number;

  /** There was nothing to do: they had ended, or nothing of them had failed. */
  @IsInt()
  skipped!: number;

  @IsInt()
  failed!: number;

  /** The first 20 that failed. */
  @JsonField()
  errors!: BulkFault[];

  @IsString()
  createdAt!: string;

  @JsonField()
  completedAt!: string | null;
}

const ID = '0198c1f0-0000-7000-8000-00000000000e';
const STARTED: BulkOperation = {
  id: ID,
  action: 'cancel',
  status: 'running',
  total: 2_500,
  processed: 0,
  succeeded: 0,
  skipped: 0,
  failed: 0,
  errors: [],
  createdAt: '2026-01-01T00:00:00.000Z',
  completedAt: null,
};

/** Answered when it is durable; progress by {@link getBulkOperation}. */
export const cancelExecutions = defineCommand({
  subject: 'rpc.executions.v1.executions.cancel',
  owner: 'executions',
  summary: 'Cancel all executions that fit a filter',
  access: { permission: 'executions:cancel' },
  audit: 'executions.cancel_requested',
  request: BulkCancelRequest,
  reply: BulkOperation,
  idempotent: true,
  timeoutMs: 30_000,
  example: { request: { filter: { status: 'running' }, reason: 'the shop is closed' }, reply: STARTED },
});

export const retryExecutions = defineCommand({
  subject: 'rpc.executions.v1.executions.retry',
  owner: 'executions',
  summary: 'Retry all executions that fit a filter',
  access: { permission: 'executions:retry' },
  audit: 'executions.retry_requested',
  request: BulkExecutionsRequest,
  reply: BulkOperation,
  idempotent: true,
  timeoutMs: 30_000,
  example: { request: { filter: { status: 'failed' } }, reply: { ...STARTED, action: 'retry' } },
});

export const getBulkOperation = defineCommand({
  subject: 'rpc.executions.v1.bulk-operation.get',
  owner: 'executions',
  summary: 'Read the progress of a bulk operation',
  access: { permission: 'executions:read' },
  request: ByIdRequest,
  reply: BulkOperation,
  example: {
    request: { id: ID },
    reply: {
      ...STARTED,
      status: 'completed',
      processed: 2_500,
      succeeded: 2_498,
      skipped: 2,
      completedAt: '2026-01-01T00:00:04.000Z',
    },
  },
});

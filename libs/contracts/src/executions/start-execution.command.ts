import {
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateIf,
} from 'class-validator';
import { ExecutionStatus } from '../journal/execution-status.js';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, IsKey, IsText, JsonField } from '../messages/fields.js';
import type { JsonObject, JsonValue } from '../values/json.js';
import { ExecutionView } from './execution-view.js';
import { PENDING_REASONS, type PendingReason } from './pending-reason.js';
import { IsLabels, type Labels } from './labels.js';

export class StartExecutionRequest {
  /** One of `workflowId` and `workflowKey` is required. */
  @ValidateIf((request: StartExecutionRequest) => request.workflowKey === undefined)
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsKey()
  workflowKey?: string;

  @IsOptional()
  @IsJsonObject()
  inputs?: JsonObject;

  /** A version number, or `draft` for a test run; absent: the published version. */
  @IsOptional()
  @JsonField()
  version?: number | 'draft';

  /** Makes it a test run: outputs that stand for steps of the top level, by id; these steps do not run. */
  @IsOptional()
  @IsJsonObject()
  pins?: JsonObject;

  /** Makes it a test run: only this step of the top level and what leads to it; its output is the execution's. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  until?: string;

  /** Only services say what started a run; for people it is `manual` or `api`. */
  @IsOptional()
  @IsJsonObject()
  trigger?: { type: string; id?: string; payload?: JsonValue; headers?: { [name: string]: string } };

  /**
   * Makes the start happen once: the same `dedupe.source` and `dedupe.key` answer the execution that exists. A different
   * `fingerprint` under the same key is refused.
   */
  @IsOptional()
  @IsJsonObject()
  dedupe?: { source: string; key: string; fingerprint?: string };

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(9)
  priority?: number;

  /** To find the execution by, e.g. `{ "region": "eu" }`; at most 10. */
  @IsOptional()
  @IsLabels()
  labels?: Labels;

  /** What the execution is about, e.g. an order number. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(255)
  businessKey?: string;

  /** Milliseconds to wait for the end; absent: answer when the start is durable. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(55_000)
  waitMs?: number;

  /**
   * With `waitMs`: the caller takes the answer of a `respond` step, and waits for that or the end, whichever comes first.
   * A step that responds after `waitMs` completes with `delivered: false`.
   */
  @IsOptional()
  @IsBoolean()
  hasWaiter?: boolean;
}

/** What a `respond` step wants the HTTP caller to be answered. */
export interface StepResponse {
  /** 200 to 599. */
  status: number;
  headers: { [name: string]: string };
  body: JsonValue;
}

export class StartExecutionReply {
  @IsId()
  id!: string;

  @IsIn(Object.values(ExecutionStatus))
  status!: ExecutionStatus;

  /** Why it does not begin at once; absent: it begins. `debounce`: a start that waited already has taken these inputs over. */
  @IsOptional()
  @IsIn(PENDING_REASONS)
  pendingReason?: PendingReason;

  /** The key was known: nothing new was started. */
  @IsOptional()
  @IsBoolean()
  deduplicated?: boolean;

  /** The finished execution, when `waitMs` was given and it ended in time. */
  @IsOptional()
  @JsonField()
  execution?: ExecutionView;

  /**
   * With `hasWaiter`: the first answer of a `respond` step, also for a repeated start, whose answer is the same. Without it
   * `execution` tells that the run ended and nobody responded; without both the time was up, and nothing is answered later.
   */
  @IsOptional()
  @JsonField()
  response?: StepResponse;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  traceId?: string;
}

/** Starts a workflow; answered when the start is durable. The hottest command of the platform. */
export const startExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.start',
  owner: 'executions',
  summary: 'Start a workflow',
  access: { permission: 'workflows:execute', services: ['triggers', 'executions'] },
  audit: { none: 'The execution is the record of its start: by whom, when, with what.' },
  request: StartExecutionRequest,
  reply: StartExecutionReply,
  idempotent: true,
  timeoutFor: (request) => 10_000 + (request.waitMs ?? 0),
  example: {
    request: { workflowId: '0198c1f0-0000-7000-8000-000000000001', inputs: { orderId: 'A-1' } },
    reply: { id: '0198c1f0-0000-7000-8000-000000000002', status: 'pending' },
  },
});

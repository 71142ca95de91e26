import type { ExecutionStatus, StepStatus } from '../journal/execution-status.js';
import type { StepError } from '../steps/step-type.js';
import type { JsonObject, JsonValue } from '../values/json.js';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString } from 'class-validator';
import { EXECUTION_STATUSES } from '../journal/execution-status.js';
import { IsId, JsonField } from '../messages/fields.js';
import type { Labels } from './labels.js';
import { PENDING_REASONS, type PendingReason } from './pending-reason.js';

export interface StepView {
  path: string;
  id: string;
  type: string;
  status: StepStatus;
  attempt: number;
  output: JsonValue;
  error: StepError | null;
  startedAt: string | null;
  completedAt: string | null;
  durationMs: number | null;
}

/** An execution as lists show it. Times are RFC 3339 UTC with milliseconds. */
export class ExecutionSummary {
  @IsId()
  id!: string;

  @IsId()
  workflowId!: string;

  @IsString()
  workflowName!: string;

  /** Published version that it runs; 0 for a draft. */
  @IsInt()
  workflowVersion!: number;

  @IsIn(EXECUTION_STATUSES)
  status!: ExecutionStatus;

  /** What a `pending` execution waits for before it begins; absent once it may begin. */
  @IsOptional()
  @IsIn(PENDING_REASONS)
  pendingReason?: PendingReason;

  /** Started from a draft: kept out of production lists and analytics. */
  @IsBoolean()
  test!: boolean;

  @JsonField()
  trigger!: { type: string; id?: string };

  @JsonField()
  error!: { code: string; message: string; stepPath?: string } | null;

  @JsonField()
  parentId!: string | null;

  @JsonField()
  rerunOf!: string | null;

  @IsInt()
  priority!: number;

  /** What its start said to be found by. */
  @JsonField()
  labels!: Labels;

  /** What it is about, in the words of the business, e.g. an order number. */
  @JsonField()
  businessKey!: string | null;

  @IsString()
  createdAt!: string;

  @JsonField()
  startedAt!: string | null;

  @JsonField()
  completedAt!: string | null;

  @JsonField()
  durationMs!: number | null;

  @JsonField()
  progress!: { settled: number; total: number };

  @JsonField()
  traceId!: string | null;
}

/** An execution with its data and the steps of the top level. */
export class ExecutionView extends ExecutionSummary {
  @JsonField()
  inputs!: JsonObject;

  @JsonField()
  output!: JsonValue;

  @JsonField()
  steps!: StepView[];
}

import { IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength, ValidateIf } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';

const ID = '0198c1f0-0000-7000-8000-000000000005';
const WORKFLOW_ID = '0198c1f0-0000-7000-8000-000000000001';
const MAX_DAYS = 36_500;

/** How long ended executions are kept, counted from their end. Null: for ever. */
export interface RetentionPolicy {
  /** Days until an execution goes with its journal, logs, approvals and files. */
  days: number | null;
  /** Days until its logs go, where that is earlier. */
  logsDays: number | null;
}

export class ReadRetentionRequest {}

export class ReadRetentionReply {
  /** For workflows without a policy of their own. */
  @JsonField()
  organization!: RetentionPolicy;

  @JsonField()
  workflows!: (RetentionPolicy & { workflowId: string })[];
}

const RETENTION: ReadRetentionReply = {
  organization: { days: 90, logsDays: 30 },
  workflows: [{ workflowId: WORKFLOW_ID, days: 3_650, logsDays: null }],
};

export const readRetention = defineCommand({
  subject: 'rpc.executions.v1.retention.read',
  owner: 'executions',
  summary: 'How long ended executions are kept',
  access: { permission: 'settings:read' },
  request: ReadRetentionRequest,
  reply: ReadRetentionReply,
  example: { request: {}, reply: RETENTION },
});

export class SetRetentionRequest {
  /** Absent: for all workflows without a policy of their own. */
  @IsOptional()
  @IsId()
  workflowId?: string;

  /** Null: for ever. */
  @ValidateIf((request: SetRetentionRequest) => request.days !== null)
  @IsInt()
  @Min(1)
  @Max(MAX_DAYS)
  days!: number | null;

  /** Null: as long as the execution. */
  @ValidateIf((request: SetRetentionRequest) => request.logsDays !== null && request.logsDays !== undefined)
  @IsInt()
  @Min(1)
  @Max(MAX_DAYS)
  logsDays?: number | null;
}

export const setRetention = defineCommand({
  subject: 'rpc.executions.v1.retention.set',
  owner: 'executions',
  summary: 'Set how long ended executions are kept, of the organization or of one workflow',
  access: { permission: 'settings:write' },
  audit: 'retention.changed',
  request: SetRetentionRequest,
  reply: ReadRetentionReply,
  example: { request: { days: 90, logsDays: 30 }, reply: RETENTION },
});

export class RemoveRetentionRequest {
  @IsId()
  workflowId!: string;
}

export const removeRetention = defineCommand({
  subject: 'rpc.executions.v1.retention.remove',
  owner: 'executions',
  summary: 'Keep the executions of a workflow as long as those of the others',
  access: { permission: 'settings:write' },
  audit: 'retention.removed',
  request: RemoveRetentionRequest,
  reply: DoneReply,
  example: { request: { workflowId: WORKFLOW_ID }, reply: {} },
});

export class PreviewRetentionRequest {
  /** As if the policy of the organization had these days; absent: the policies as they are. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(MAX_DAYS)
  days?: number;
}

export class PreviewRetentionReply {
  /** Executions that would be deleted now; counted up to 1,000,000. */
  @IsInt()
  executions!: number;

  /** Executions that are old enough but stay, for a legal hold names them. */
  @IsInt()
  held!: number;

  @JsonField()
  workflows!: { workflowId: string; workflowName: string; executions: number }[];

  /** End of the oldest one that would be deleted. */
  @JsonField()
  oldest!: string | null;
}

export const previewRetention = defineCommand({
  subject: 'rpc.executions.v1.retention.preview',
  owner: 'executions',
  summary: 'Which executions would be deleted now; deletes nothing',
  access: { permission: 'settings:read' },
  request: PreviewRetentionRequest,
  reply: PreviewRetentionReply,
  timeoutMs: 30_000,
  example: {
    request: { days: 30 },
    reply: {
      executions: 1_200,
      held: 3,
      workflows: [{ workflowId: WORKFLOW_ID, workflowName: 'Orders', executions: 1_200 }],
      oldest: '2026-01-01T00:00:00.000Z',
    },
  },
});

export class PlaceHoldRequest {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(500)
  reason!: string;

  /** Every execution of this workflow. */
  @IsOptional()
  @IsId()
  workflowId?: string;

  /** This execution. With neither: all of the organization. */
  @IsOptional()
  @IsId()
  executionId?: string;
}

export class LegalHoldView {
  @IsId()
  id!: string;

  @IsString()
  reason!: string;

  @JsonField()
  workflowId!: string | null;

  @JsonField()
  executionId!: string | null;

  @JsonField()
  placedBy!: string | null;

  @IsString()
  createdAt!: string;
}

const HOLD: LegalHoldView = {
  id: ID,
  reason: 'Case 2026-17',
  workflowId: WORKFLOW_ID,
  executionId: null,
  placedBy: '0198c1f0-0000-7000-8000-000000000004',
  createdAt: '2026-01-01T00:00:00.000Z',
};

export const placeHold = defineCommand({
  subject: 'rpc.executions.v1.legal-hold.place',
  owner: 'executions',
  summary: 'Keep executions from being deleted until the hold is released',
  access: { permission: 'settings:write' },
  audit: 'legal_hold.placed',
  request: PlaceHoldRequest,
  reply: LegalHoldView,
  example: { request: { reason: 'Case 2026-17', workflowId: WORKFLOW_ID }, reply: HOLD },
});

export class ListHoldsRequest extends ListRequest {}

export class ListHoldsReply {
  @JsonField()
  data!: LegalHoldView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listHolds = defineCommand({
  subject: 'rpc.executions.v1.legal-hold.list',
  owner: 'executions',
  summary: 'Legal holds that stand, newest first',
  access: { permission: 'settings:read' },
  request: ListHoldsRequest,
  reply: ListHoldsReply,
  example: { request: {}, reply: { data: [HOLD], nextCursor: null } },
});

export const releaseHold = defineCommand({
  subject: 'rpc.executions.v1.legal-hold.release',
  owner: 'executions',
  summary: 'Release a legal hold; what it kept may be deleted again',
  access: { permission: 'settings:write' },
  audit: 'legal_hold.released',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id: ID }, reply: {} },
});

import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Matches, Max, MaxLength, Min, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest, ListRequest } from '../messages/lists.js';
import type { JsonObject, JsonValue } from '../values/json.js';
import { APPROVAL_EXAMPLE, APPROVAL_STATUSES, ApprovalView, type ApprovalStatus } from './approval-view.js';

const { id } = APPROVAL_EXAMPLE;
const TOKEN = 'p3Q0m1nVn0t0w2yq7m8cJb5uYwXr6sT9zKdLfGhJ2aE';

export class ListApprovalsRequest extends ListRequest {
  @IsOptional()
  @IsIn(APPROVAL_STATUSES)
  status?: ApprovalStatus;

  @IsOptional()
  @IsId()
  executionId?: string;

  /** Only those that name the one who asks, or a role of theirs, or nobody. */
  @IsOptional()
  @IsBoolean()
  mine?: boolean;
}

export class ListApprovalsReply {
  @JsonField()
  data!: ApprovalView[];

  @JsonField()
  nextCursor!: string | null;
}

/** Newest first. Who lacks `executions:read` sees only what they may decide. */
export const listApprovals = defineCommand({
  subject: 'rpc.executions.v1.approval.list',
  owner: 'executions',
  summary: 'List approvals',
  access: { authenticated: true },
  request: ListApprovalsRequest,
  reply: ListApprovalsReply,
  example: { request: { status: 'pending', mine: true }, reply: { data: [APPROVAL_EXAMPLE], nextCursor: null } },
});

export const getApproval = defineCommand({
  subject: 'rpc.executions.v1.approval.get',
  owner: 'executions',
  summary: 'Read one approval',
  access: { authenticated: true },
  request: ByIdRequest,
  reply: ApprovalView,
  example: { request: { id }, reply: APPROVAL_EXAMPLE },
});

class Decision {
  /** One of the approval's `decisions`. */
  @IsString()
  @MinLength(1)
  @MaxLength(100)
  decision!: string;

  /** What the form asks for; at most 32 KiB of JSON. */
  @IsOptional()
  @JsonField()
  data?: JsonValue;
}

export class DecideApprovalRequest extends Decision {
  @IsId()
  id!: string;
}

/**
 * The first decision counts; it is durable with the answer. `conflict` when it was decided, has expired or its run has
 * ended; `forbidden` for somebody who is not asked; `validation_failed` for data that does not fit the form.
 */
export const decideApproval = defineCommand({
  subject: 'rpc.executions.v1.approval.decide',
  owner: 'executions',
  summary: 'Decide about an approval',
  access: { authenticated: true },
  audit: 'approval.decided',
  request: DecideApprovalRequest,
  reply: ApprovalView,
  example: {
    request: { id, decision: 'approved', data: { note: 'as agreed' } },
    reply: {
      ...APPROVAL_EXAMPLE,
      status: 'decided',
      decision: 'approved',
      decidedBy: '0198c1f0-0000-7000-8000-00000000000c',
      decidedAt: '2026-01-01T01:00:00.000Z',
      data: { note: 'as agreed' },
    },
  },
});

export class CreateApprovalLinkRequest extends ByIdRequest {
  /** The link allows this decision alone; absent: any. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  decision?: string;

  /** Seconds until it stops working; default 7 days, at most 90. Never longer than the approval itself. */
  @IsOptional()
  @IsInt()
  @Min(60)
  @Max(90 * 86_400)
  expiresInSeconds?: number;
}

export class CreateApprovalLinkReply {
  @IsId()
  id!: string;

  /** Path below the gateway's address. Whoever has it may decide, once; it is shown this once. */
  @IsString()
  path!: string;

  @IsString()
  expiresAt!: string;
}

/** For somebody without an account. Only a hash of the link is kept. */
export const createApprovalLink = defineCommand({
  subject: 'rpc.executions.v1.approval-link.create',
  owner: 'executions',
  summary: 'Make a link by which somebody can decide once, without an account',
  access: { permission: 'executions:cancel' },
  audit: 'approval_link.created',
  request: CreateApprovalLinkRequest,
  reply: CreateApprovalLinkReply,
  example: {
    request: { id, decision: 'approved' },
    reply: {
      id: '0198c1f0-0000-7000-8000-00000000000d',
      path: `/api/v1/approval-links/${TOKEN}`,
      expiresAt: '2026-01-08T00:00:00.000Z',
    },
  },
});

export class ApprovalTokenRequest {
  @Matches(/^[\w-]{43}$/, { message: '$property is not the token of a link' })
  token!: string;
}

/** What somebody with a link has to know to decide, and no more. */
export class LinkedApproval {
  @IsString()
  title!: string;

  @JsonField()
  message!: JsonValue;

  @JsonField()
  form!: JsonObject | null;

  /** What this link can decide. */
  @JsonField()
  decisions!: string[];

  @IsString()
  workflowName!: string;

  @IsIn(APPROVAL_STATUSES)
  status!: ApprovalStatus;

  @JsonField()
  decision!: string | null;

  @IsString()
  expiresAt!: string;
}

const LINKED: LinkedApproval = {
  title: APPROVAL_EXAMPLE.title,
  message: null,
  form: APPROVAL_EXAMPLE.form,
  decisions: ['approved'],
  workflowName: 'Orders',
  status: 'pending',
  decision: null,
  expiresAt: '2026-01-04T00:00:00.000Z',
};

/** Uses nothing up, so that a program that looks at links in mails does no harm. */
export const getLinkedApproval = defineCommand({
  subject: 'rpc.executions.v1.approval-link.get',
  owner: 'executions',
  summary: 'Read the approval behind a link',
  access: { public: true },
  request: ApprovalTokenRequest,
  reply: LinkedApproval,
  example: { request: { token: TOKEN }, reply: LINKED },
});

export class DecideLinkedApprovalRequest extends Decision {
  @Matches(/^[\w-]{43}$/, { message: '$property is not the token of a link' })
  token!: string;
}

/** Uses the link up. `conflict` when it was used, or the approval is closed. */
export const decideLinkedApproval = defineCommand({
  subject: 'rpc.executions.v1.approval-link.decide',
  owner: 'executions',
  summary: 'Decide by a link',
  access: { public: true },
  audit: 'approval.decided',
  request: DecideLinkedApprovalRequest,
  reply: LinkedApproval,
  example: {
    request: { token: TOKEN, decision: 'approved' },
    reply: { ...LINKED, status: 'decided', decision: 'approved' },
  },
});

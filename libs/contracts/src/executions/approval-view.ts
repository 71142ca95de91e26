import { IsBoolean, IsIn, IsString } from 'class-validator';
import { IsId, JsonField } from '../messages/fields.js';
import type { JsonObject, JsonValue } from '../values/json.js';

export const APPROVAL_STATUSES = ['pending', 'decided', 'expired', 'cancelled'] as const;
/**
 * `decided`: somebody has decided. `expired`: nobody did in time; `decision` is the default, if the step has one.
 * `cancelled`: the run went on or ended without it.
 */
export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number];

/** A question of a run to people. Times are RFC 3339 UTC with milliseconds. */
export class ApprovalView {
  @IsId()
  id!: string;

  @IsId()
  executionId!: string;

  @IsId()
  workflowId!: string;

  @IsString()
  workflowName!: string;

  /** Of a test run. */
  @IsBoolean()
  test!: boolean;

  /** Path of the step that waits. */
  @IsString()
  path!: string;

  @IsString()
  title!: string;

  /** Whatever the step's config says, e.g. a text in Markdown. */
  @JsonField()
  message!: JsonValue;

  /** JSON Schema of `data` in a decision; null: none is asked for. */
  @JsonField()
  form!: JsonObject | null;

  /** What can be decided, e.g. `approved` and `rejected`. */
  @JsonField()
  decisions!: string[];

  /** `role:<name>` and `user:<id>`; empty: everybody with the permission `executions:cancel`. */
  @JsonField()
  assignees!: string[];

  /** Whether the one who asks may decide. */
  @IsBoolean()
  mayDecide!: boolean;

  @IsIn(APPROVAL_STATUSES)
  status!: ApprovalStatus;

  @JsonField()
  expiresAt!: string | null;

  /** What counts when nobody decides in time; null: the step fails then. */
  @JsonField()
  defaultDecision!: string | null;

  @JsonField()
  decision!: string | null;

  /** User id, or `link:<id>` for a decision by link. */
  @JsonField()
  decidedBy!: string | null;

  @JsonField()
  decidedAt!: string | null;

  /** What the form was filled in with. */
  @JsonField()
  data!: JsonValue;

  @IsString()
  createdAt!: string;
}

export const APPROVAL_EXAMPLE: ApprovalView = {
  id: '0198c1f0-0000-7000-8000-00000000000b',
  executionId: '0198c1f0-0000-7000-8000-000000000002',
  workflowId: '0198c1f0-0000-7000-8000-000000000001',
  workflowName: 'Orders',
  test: false,
  path: 'ask',
  title: 'Pay 500 EUR?',
  message: null,
  form: { type: 'object', properties: { note: { type: 'string' } } },
  decisions: ['approved', 'rejected'],
  assignees: ['role:finance'],
  mayDecide: true,
  status: 'pending',
  expiresAt: '2026-01-04T00:00:00.000Z',
  defaultDecision: 'rejected',
  decision: null,
  decidedBy: null,
  decidedAt: null,
  data: null,
  createdAt: '2026-01-01T00:00:00.000Z',
};

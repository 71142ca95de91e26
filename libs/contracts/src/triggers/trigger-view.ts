import { IsBoolean, IsInt, IsOptional, IsString } from 'class-validator';
import { IsId, JsonField } from '../messages/fields.js';
import type { JsonObject, JsonValue } from '../values/json.js';

/** Why a trigger cannot do its work. */
export const TriggerProblemCode = {
  /** The workflow has no published version (or is gone): publish one. */
  WorkflowUnpublished: 'workflow_unpublished',
  /** The credential of its source is gone or refused: mend the credential. */
  CredentialBroken: 'credential_broken',
  /** Its source has failed several times in a row; the message says how. */
  SourceFailing: 'source_failing',
} as const;
export type TriggerProblemCode = (typeof TriggerProblemCode)[keyof typeof TriggerProblemCode];
export const TRIGGER_PROBLEMS = Object.values(TriggerProblemCode);

/** What keeps a trigger from its work, and since when. */
export interface TriggerProblem {
  code: TriggerProblemCode;
  message: string;
  since: string;
}

/** A trigger. Times are RFC 3339 UTC with milliseconds. */
export class TriggerView {
  @IsId()
  id!: string;

  @IsId()
  workflowId!: string;

  @IsString()
  name!: string;

  @IsString()
  type!: string;

  @IsBoolean()
  enabled!: boolean;

  /** Of the trigger's type, see `GET /triggers/types`. */
  @JsonField()
  config!: JsonObject;

  /**
   * What a run gets as `inputs`: values may hold `{{ expressions }}` over `trigger`. Null: the payload, when it is an
   * object.
   */
  @JsonField()
  inputs!: JsonObject | null;

  /** Where a webhook takes requests; absent for other types. */
  @IsOptional()
  @IsString()
  url?: string;

  /** Where requests to a webhook are only captured. */
  @IsOptional()
  @IsString()
  testUrl?: string;

  /** Of types that can have secrets: whether there are any. Without, anybody who knows the URL of a webhook may send. */
  @IsOptional()
  @IsBoolean()
  secretSet?: boolean;

  /** What keeps it from its work; null: nothing known. */
  @JsonField()
  problem!: TriggerProblem | null;

  /** Counts every change; the `ETag`. */
  @IsInt()
  revision!: number;

  @IsString()
  createdAt!: string;

  @IsString()
  updatedAt!: string;
}

/**
 * What became of one event, tick or request at one trigger:
 * - `fired`: it started an execution.
 * - `deduplicated`: the same event had come before.
 * - `skipped`: the trigger did not want it (its filter, or it was disabled meanwhile).
 * - `rejected`: the event could not be used, e.g. the workflow refused the inputs.
 * - `misfired`: it was due while nobody could fire it.
 * - `failed`: it should have started an execution and did not; `reason` says what to mend.
 */
export const FireOutcome = {
  Fired: 'fired',
  Skipped: 'skipped',
  Deduplicated: 'deduplicated',
  Rejected: 'rejected',
  Misfired: 'misfired',
  Failed: 'failed',
} as const;
export type FireOutcome = (typeof FireOutcome)[keyof typeof FireOutcome];
export const FIRE_OUTCOMES = Object.values(FireOutcome);

/** One row of a trigger's ledger. */
export interface TriggerFire {
  id: string;
  at: string;
  outcome: FireOutcome;
  reason?: string;
  executionId?: string;
  dedupeKey?: string;
}

/** A kind of trigger as data: what the editor shows, and what a config must look like. */
export interface TriggerTypeDescriptor {
  type: string;
  title: string;
  summary: string;
  /** JSON Schema of `config`. */
  configSchema: JsonObject;
  ui: { [field: string]: { control?: string; label?: string; placeholder?: string; help?: string } };
  /** What `trigger` holds in expressions when such a trigger fires. */
  sample: {
    type: string;
    payload: JsonValue;
    headers: { [name: string]: string };
    channel?: string;
    method?: string;
    path?: string;
    query?: { [name: string]: string };
  };
}

export const TRIGGER_EXAMPLE: TriggerView = {
  id: '0198c1f0-0000-7000-8000-000000000006',
  workflowId: '0198c1f0-0000-7000-8000-000000000001',
  name: 'New orders',
  type: 'event_bus',
  enabled: true,
  config: { channel: 'orders.created', filter: '{{ trigger.payload.total > 0 }}' },
  inputs: { orderId: '{{ trigger.payload.id }}' },
  problem: null,
  revision: 1,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

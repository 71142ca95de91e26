import { IsBoolean, IsInt, IsOptional, IsString, MaxLength, Min, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { TRIGGER_EXAMPLE, TriggerView } from './trigger-view.js';

const { id, workflowId, name, type, enabled, config, inputs } = TRIGGER_EXAMPLE;

export class CreateTriggerRequest {
  @IsId()
  workflowId!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  @IsString()
  @MaxLength(64)
  type!: string;

  /** Default true. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsJsonObject()
  config?: JsonObject;

  @IsOptional()
  @JsonField()
  inputs?: JsonObject | null;
}

/** The workflow need not be published yet. Faults of `config` and `inputs` are named with their paths. */
export const createTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.create',
  owner: 'triggers',
  summary: 'Create a trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.created',
  request: CreateTriggerRequest,
  reply: TriggerView,
  idempotent: true,
  example: { request: { workflowId, name, type, enabled, config, inputs }, reply: TRIGGER_EXAMPLE },
});

export class UpdateTriggerRequest {
  @IsId()
  id!: string;

  /** Revision that the change builds on; another one is `stale`. */
  @IsInt()
  @Min(1)
  revision!: number;

  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @IsJsonObject()
  config?: JsonObject;

  @IsOptional()
  @JsonField()
  inputs?: JsonObject | null;
}

/** The type stays: another type is another trigger. */
export const updateTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.update',
  owner: 'triggers',
  summary: 'Change a trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.updated',
  request: UpdateTriggerRequest,
  reply: TriggerView,
  example: { request: { id, revision: 1, enabled: false }, reply: { ...TRIGGER_EXAMPLE, enabled: false, revision: 2 } },
});

export const enableTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.enable',
  owner: 'triggers',
  summary: 'Enable a trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.enabled',
  request: ByIdRequest,
  reply: TriggerView,
  example: { request: { id }, reply: TRIGGER_EXAMPLE },
});

export const disableTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.disable',
  owner: 'triggers',
  summary: 'Disable a trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.disabled',
  request: ByIdRequest,
  reply: TriggerView,
  example: { request: { id }, reply: { ...TRIGGER_EXAMPLE, enabled: false } },
});

export const deleteTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.delete',
  owner: 'triggers',
  summary: 'Delete a trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export const restoreTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.restore',
  owner: 'triggers',
  summary: 'Restore a deleted trigger',
  access: { permission: 'triggers:write' },
  audit: 'trigger.restored',
  request: ByIdRequest,
  reply: TriggerView,
  example: { request: { id }, reply: TRIGGER_EXAMPLE },
});

import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsRFC3339,
  IsString,
  MaxLength,
} from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField } from '../messages/fields.js';
import type { JsonObject, JsonValue } from '../values/json.js';
import { FIRE_OUTCOMES, TRIGGER_EXAMPLE, type FireOutcome } from './trigger-view.js';

const { id, type, config, inputs } = TRIGGER_EXAMPLE;
const FIRE = '0198c1f0-0000-7000-8000-000000000008';

export class ReplayFiresRequest {
  /** The trigger. */
  @IsId()
  id!: string;

  /** Rows of its ledger; absent: those that the other fields describe. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsId({ each: true })
  fireIds?: string[];

  /** Default: `failed` and `rejected`. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(FIRE_OUTCOMES, { each: true })
  outcomes?: FireOutcome[];

  /** At or after, RFC 3339. */
  @IsOptional()
  @IsRFC3339()
  from?: string;

  /** Before, RFC 3339. */
  @IsOptional()
  @IsRFC3339()
  to?: string;
}

export class ReplayFiresReply {
  /** Events that are on their way again. */
  @IsInt()
  replayed!: number;

  /** Rows whose event is not kept any more, or could not be read in the first place. */
  @IsInt()
  gone!: number;

  /** There are more that match: send the same again. */
  @IsBoolean()
  more!: boolean;
}

/**
 * Hands events over again as they came in, raw requests of webhooks among them: at most 200 at once. An event that has not
 * started anything does so at most once; one that has starts another execution.
 */
export const replayFires = defineCommand({
  subject: 'rpc.triggers.v1.fire.replay',
  owner: 'triggers',
  summary: 'Replay events of a trigger',
  access: { permission: 'triggers:write' },
  audit: 'fire.replayed',
  request: ReplayFiresRequest,
  reply: ReplayFiresReply,
  idempotent: true,
  example: { request: { id, fireIds: [FIRE] }, reply: { replayed: 1, gone: 0, more: false } },
});

export class TestTriggerRequest {
  /** A trigger that exists; the other fields replace what it has. Absent: `type` is needed. */
  @IsOptional()
  @IsId()
  id?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  type?: string;

  @IsOptional()
  @IsJsonObject()
  config?: JsonObject;

  /** The mapping to try out. */
  @IsOptional()
  @JsonField()
  inputs?: JsonObject | null;

  /** Fields of `trigger` that the event would bring; default: the sample of the type. */
  @IsOptional()
  @IsJsonObject()
  event?: { payload?: JsonValue; headers?: { [name: string]: string }; channel?: string };
}

export class TestTriggerReply {
  /** Whether this event would start the workflow. */
  @IsBoolean()
  wouldFire!: boolean;

  /** Why not, or what failed and at which field. */
  @IsOptional()
  @IsString()
  reason?: string;

  /** What the run would get. */
  @JsonField()
  inputs!: JsonObject | null;

  /** What expressions see as `trigger`. */
  @JsonField()
  trigger!: JsonObject;
}

/** Runs filter and input mapping on an event, starts nothing and writes nothing. A preview for editors. */
export const testTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.test',
  owner: 'triggers',
  summary: 'Try out a trigger on a sample event',
  access: { permission: 'triggers:read' },
  request: TestTriggerRequest,
  reply: TestTriggerReply,
  example: {
    request: { type, config, inputs, event: { payload: { id: 'A-1', total: 3 } } },
    reply: { wouldFire: true, inputs: { orderId: 'A-1' }, trigger: { type, payload: { id: 'A-1', total: 3 } } },
  },
});

export class SetTriggersEnabledRequest {
  /** These triggers; absent: all that match the other fields, of which one is needed. */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(200)
  @IsId({ each: true })
  ids?: string[];

  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  type?: string;

  /** Every trigger of the organization. */
  @IsOptional()
  @IsIn([true])
  all?: true;
}

export class SetTriggersEnabledReply {
  /** Those that were not so before. */
  @IsInt()
  changed!: number;

  /** At most 200 are changed at once: send the same again. */
  @IsBoolean()
  more!: boolean;
}

export const enableTriggers = defineCommand({
  subject: 'rpc.triggers.v1.trigger.enable-many',
  owner: 'triggers',
  summary: 'Enable many triggers',
  access: { permission: 'triggers:write' },
  audit: 'trigger.enabled',
  request: SetTriggersEnabledRequest,
  reply: SetTriggersEnabledReply,
  example: { request: { ids: [id] }, reply: { changed: 1, more: false } },
});

export const disableTriggers = defineCommand({
  subject: 'rpc.triggers.v1.trigger.disable-many',
  owner: 'triggers',
  summary: 'Pause many triggers',
  access: { permission: 'triggers:write' },
  audit: 'trigger.disabled',
  request: SetTriggersEnabledRequest,
  reply: SetTriggersEnabledReply,
  example: { request: { all: true }, reply: { changed: 3, more: false } },
});

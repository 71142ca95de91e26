import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField } from '../messages/fields.js';
import type { JsonValue } from '../values/json.js';
import { FIRE_OUTCOMES, TRIGGER_EXAMPLE, type FireOutcome } from './trigger-view.js';

export class FireTriggerRequest {
  @IsId()
  id!: string;

  /** What the event would have brought; default `{}`. */
  @IsOptional()
  @JsonField()
  payload?: JsonValue;
}

export class FireTriggerReply {
  /** Id of the accepted event. */
  @IsId()
  eventId!: string;

  /** `pending`: accepted, and handed over as soon as executions answers. */
  @IsIn([...FIRE_OUTCOMES, 'pending'])
  outcome!: FireOutcome | 'pending';

  @IsOptional()
  @IsString()
  reason?: string;

  @IsOptional()
  @IsId()
  executionId?: string;
}

/**
 * Fires one trigger with a payload by hand, whatever its type; answered when that is durable. An Idempotency-Key is kept
 * with the event itself: a repeat tells what became of the first one.
 */
export const fireTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.fire',
  owner: 'triggers',
  summary: 'Fire a trigger by hand',
  access: { permission: 'triggers:write' },
  audit: 'trigger.fired',
  request: FireTriggerRequest,
  reply: FireTriggerReply,
  timeoutMs: 15_000,
  example: {
    request: { id: TRIGGER_EXAMPLE.id, payload: { id: 'A-1' } },
    reply: {
      eventId: '0198c1f0-0000-7000-8000-000000000008',
      outcome: 'fired',
      executionId: '0198c1f0-0000-7000-8000-000000000002',
    },
  },
});

/** Tokens of letters, digits, `_` and `-`, joined by dots. */
export const CHANNEL_PATTERN = /^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/;

export class PublishEventsRequest {
  @IsString()
  @MaxLength(200)
  @Matches(CHANNEL_PATTERN, {
    message: 'channel must be like orders.created: letters, digits, _ and - in tokens joined by dots',
  })
  channel!: string;

  /** Payloads or structured CloudEvents, each at most 256 KiB. */
  @JsonField()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(100)
  events!: JsonValue[];

  /** Headers that came with them; those beginning with `ce-` make one event a CloudEvent in binary mode. */
  @IsOptional()
  @IsJsonObject()
  headers?: { [name: string]: string };
}

export class PublishEventsReply {
  /** Events that are new, now durable and on their way to every trigger that listens. */
  @IsInt()
  accepted!: number;

  /** Events that had come before. */
  @IsInt()
  deduplicated!: number;

  /** Triggers that an accepted event goes to, in all. */
  @IsInt()
  matched!: number;
}

/** Takes events in over HTTP; answered when they are durable. */
export const publishEvents = defineCommand({
  subject: 'rpc.triggers.v1.event.publish',
  owner: 'triggers',
  summary: 'Publish events that start workflows',
  access: { permission: 'triggers:write' },
  audit: { none: 'What events start stands in the ledger of fires.' },
  request: PublishEventsRequest,
  reply: PublishEventsReply,
  idempotent: true,
  example: {
    request: { channel: 'orders.created', events: [{ id: 'A-1', total: 12 }] },
    reply: { accepted: 1, deduplicated: 0, matched: 1 },
  },
});

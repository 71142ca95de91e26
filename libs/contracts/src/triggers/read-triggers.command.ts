import { IsBoolean, IsIn, IsOptional, IsRFC3339, IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest, ListRequest, sortedList } from '../messages/lists.js';
import {
  FIRE_OUTCOMES,
  TRIGGER_EXAMPLE,
  TriggerView,
  type FireOutcome,
  type TriggerFire,
  type TriggerProblem,
  type TriggerTypeDescriptor,
} from './trigger-view.js';

const { id } = TRIGGER_EXAMPLE;

export const getTrigger = defineCommand({
  subject: 'rpc.triggers.v1.trigger.get',
  owner: 'triggers',
  summary: 'Read a trigger',
  access: { permission: 'triggers:read' },
  request: ByIdRequest,
  reply: TriggerView,
  example: { request: { id }, reply: TRIGGER_EXAMPLE },
});

export class ListTriggersRequest extends sortedList('createdAt', 'updatedAt', 'name') {
  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsString()
  @MaxLength(64)
  type?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class ListTriggersReply {
  @JsonField()
  data!: TriggerView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listTriggers = defineCommand({
  subject: 'rpc.triggers.v1.trigger.list',
  owner: 'triggers',
  summary: 'List triggers, newest first',
  access: { permission: 'triggers:read' },
  request: ListTriggersRequest,
  reply: ListTriggersReply,
  example: { request: { type: 'event_bus' }, reply: { data: [TRIGGER_EXAMPLE], nextCursor: null } },
});

export class ListTriggerTypesRequest {}

export class ListTriggerTypesReply {
  @JsonField()
  data!: TriggerTypeDescriptor[];
}

export const listTriggerTypes = defineCommand({
  subject: 'rpc.triggers.v1.trigger-type.list',
  owner: 'triggers',
  summary: 'List the kinds of triggers',
  access: { permission: 'triggers:read' },
  request: ListTriggerTypesRequest,
  reply: ListTriggerTypesReply,
  example: {
    request: {},
    reply: {
      data: [
        {
          type: 'manual',
          title: 'By hand',
          summary: 'Fires when somebody says so',
          configSchema: { type: 'object' },
          ui: {},
          sample: { type: 'manual', payload: {}, headers: {} },
        },
      ],
    },
  },
});

/** How a trigger is doing. */
export interface TriggerStatus {
  id: string;
  name: string;
  type: string;
  enabled: boolean;
  /** What keeps it from its work; null: nothing known. */
  problem: TriggerProblem | null;
  /** Of types that can have secrets. False: anybody who knows the URL may send. */
  secretSet?: boolean;
  /** Events that are accepted and not handed over yet. */
  open: number;
  /** When a schedule fires next, without its jitter; null: never, or no schedule. */
  nextFire: string | null;
  /** Of triggers that look for events themselves (polls, mailboxes, ...); null: those that are told. */
  source: TriggerOwnSourceStatus | null;
  lastFire: TriggerFire | null;
}

/** How the source of one trigger is doing. */
export interface TriggerOwnSourceStatus {
  /** When it was last looked at with success. */
  lastPoll: string | null;
  lastEvent: string | null;
  /** Failures in a row. */
  failures: number;
  lastError: string | null;
  /** How much waits there; null when it does not tell. */
  lag: number | null;
}

/** How a source of events is doing, e.g. the consumer of the event bus. */
export interface TriggerSourceStatus {
  type: string;
  ok: boolean;
  reason?: string;
  /** Events that wait in the source; null when it does not know. */
  lag: number | null;
}

export class TriggersStatusReply {
  @JsonField()
  data!: TriggerStatus[];

  @JsonField()
  sources!: TriggerSourceStatus[];

  @JsonField()
  nextCursor!: string | null;
}

export const readTriggersStatus = defineCommand({
  subject: 'rpc.triggers.v1.status.read',
  owner: 'triggers',
  summary: 'Tell how the triggers are doing',
  access: { permission: 'triggers:read' },
  request: ListTriggersRequest,
  reply: TriggersStatusReply,
  example: {
    request: {},
    reply: {
      data: [
        {
          id,
          name: 'New orders',
          type: 'event_bus',
          enabled: true,
          problem: null,
          open: 0,
          nextFire: null,
          source: null,
          lastFire: null,
        },
      ],
      sources: [{ type: 'event_bus', ok: true, lag: 0 }],
      nextCursor: null,
    },
  },
});

export class ListFiresRequest extends ListRequest {
  @IsId()
  id!: string;

  @IsOptional()
  @IsIn(FIRE_OUTCOMES)
  outcome?: FireOutcome;

  /** At or after, RFC 3339. */
  @IsOptional()
  @IsRFC3339()
  from?: string;

  /** Before, RFC 3339. */
  @IsOptional()
  @IsRFC3339()
  to?: string;
}

export class ListFiresReply {
  @JsonField()
  data!: TriggerFire[];

  @JsonField()
  nextCursor!: string | null;
}

export const listFires = defineCommand({
  subject: 'rpc.triggers.v1.fire.list',
  owner: 'triggers',
  summary: 'Read what became of every event of a trigger, newest first',
  access: { permission: 'triggers:read' },
  request: ListFiresRequest,
  reply: ListFiresReply,
  example: {
    request: { id },
    reply: {
      data: [
        {
          id: '0198c1f0-0000-7000-8000-000000000007',
          at: '2026-01-01T00:00:00.000Z',
          outcome: 'fired',
          executionId: '0198c1f0-0000-7000-8000-000000000002',
          dedupeKey: 'ce:["shop","42"]',
        },
      ],
      nextCursor: null,
    },
  },
});

import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { TRIGGER_EXAMPLE, TriggerView } from './trigger-view.js';

/** A trigger of type `schedule` with the times at which it fires next. */
export class ScheduleView extends TriggerView {
  /** The next times (at most ten), jitter left out; empty when it is disabled or over. */
  @JsonField()
  nextFires!: string[];
}

const EXAMPLE: ScheduleView = {
  ...TRIGGER_EXAMPLE,
  name: 'Every morning',
  type: 'schedule',
  config: { cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin' },
  inputs: null,
  nextFires: ['2026-01-01T08:00:00.000Z', '2026-01-02T08:00:00.000Z'],
};
const { id, workflowId, name, config } = EXAMPLE;

/** When it fires: fields of the config of a `schedule` trigger, given directly or as `config`. */
class ScheduleTimes {
  /** Cron expression of 5 fields, or 6 with seconds first. One of `cron`, `every`, `rrule` and `at` is needed. */
  @IsOptional()
  @JsonField()
  cron?: string;

  @IsOptional()
  @JsonField()
  every?: string;

  @IsOptional()
  @JsonField()
  rrule?: string;

  @IsOptional()
  @JsonField()
  at?: string | string[];

  /** IANA time zone; default UTC. */
  @IsOptional()
  @JsonField()
  timezone?: string;

  @IsOptional()
  @JsonField()
  startAt?: string;

  @IsOptional()
  @JsonField()
  endAt?: string;

  @IsOptional()
  @JsonField()
  exclude?: JsonObject;

  @IsOptional()
  @JsonField()
  jitter?: string;

  /** `fire_once` (default), `skip` or `catch_up`. */
  @IsOptional()
  @JsonField()
  misfire?: string;

  @IsOptional()
  @JsonField()
  catchUpLimit?: number;

  @IsOptional()
  @JsonField()
  grace?: string;

  /** All of these as one object, as `GET` answers it. */
  @IsOptional()
  @IsJsonObject()
  config?: JsonObject;
}

export class CreateScheduleRequest extends ScheduleTimes {
  @IsId()
  workflowId!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  @IsOptional()
  @JsonField()
  inputs?: JsonObject | null;
}

export const createSchedule = defineCommand({
  subject: 'rpc.triggers.v1.schedule.create',
  owner: 'triggers',
  summary: 'Create a schedule',
  access: { permission: 'triggers:write' },
  audit: 'trigger.created',
  request: CreateScheduleRequest,
  reply: ScheduleView,
  idempotent: true,
  example: { request: { workflowId, name, cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin' }, reply: EXAMPLE },
});

export class UpdateScheduleRequest extends ScheduleTimes {
  @IsId()
  id!: string;

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
  @JsonField()
  inputs?: JsonObject | null;
}

/** Times that are given replace all that were there. */
export const updateSchedule = defineCommand({
  subject: 'rpc.triggers.v1.schedule.update',
  owner: 'triggers',
  summary: 'Change a schedule',
  access: { permission: 'triggers:write' },
  audit: 'trigger.updated',
  request: UpdateScheduleRequest,
  reply: ScheduleView,
  example: { request: { id, revision: 1, cron: '0 9 * * MON-FRI', timezone: 'Europe/Berlin' }, reply: EXAMPLE },
});

export const getSchedule = defineCommand({
  subject: 'rpc.triggers.v1.schedule.get',
  owner: 'triggers',
  summary: 'Read a schedule with its next times',
  access: { permission: 'triggers:read' },
  request: ByIdRequest,
  reply: ScheduleView,
  example: { request: { id }, reply: EXAMPLE },
});

export class ListSchedulesRequest extends ListRequest {
  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class ListSchedulesReply {
  @JsonField()
  data!: ScheduleView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listSchedules = defineCommand({
  subject: 'rpc.triggers.v1.schedule.list',
  owner: 'triggers',
  summary: 'List schedules with their next times, newest first',
  access: { permission: 'triggers:read' },
  request: ListSchedulesRequest,
  reply: ListSchedulesReply,
  example: { request: { enabled: true }, reply: { data: [EXAMPLE], nextCursor: null } },
});

export const deleteSchedule = defineCommand({
  subject: 'rpc.triggers.v1.schedule.delete',
  owner: 'triggers',
  summary: 'Delete a schedule',
  access: { permission: 'triggers:write' },
  audit: 'trigger.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export class PreviewScheduleRequest extends ScheduleTimes {
  /** How many times; default 10. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(100)
  count?: number;
}

export class PreviewScheduleReply {
  @JsonField()
  nextFires!: string[];
}

/** Says when something would fire, without making it. Faults are those of {@link createSchedule}. */
export const previewSchedule = defineCommand({
  subject: 'rpc.triggers.v1.schedule.preview',
  owner: 'triggers',
  summary: 'Tell when a schedule would fire',
  access: { permission: 'triggers:read' },
  request: PreviewScheduleRequest,
  reply: PreviewScheduleReply,
  example: { request: { config: config ?? {}, count: 2 }, reply: { nextFires: EXAMPLE.nextFires } },
});

export type ScheduleTimesRequest = ScheduleTimes;

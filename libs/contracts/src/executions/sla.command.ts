import { IsInt, IsNumber, IsOptional, IsString, Max, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { defineEvent } from '../messages/define-event.js';
import { IsId, JsonField } from '../messages/fields.js';
import { DoneReply, ListRequest } from '../messages/lists.js';

const ID = '0198c1f0-0000-7000-8000-000000000006';
const WORKFLOW_ID = '0198c1f0-0000-7000-8000-000000000001';
const EXECUTION_ID = '0198c1f0-0000-7000-8000-000000000002';
const AT = '2026-01-01T00:00:00.000Z';

export class SlaTargetRequest {
  @IsId()
  workflowId!: string;

  /** Longest that a run may take, in milliseconds; told while it still runs. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(2 ** 31 - 1)
  maxDurationMs?: number;

  /** Smallest part of the runs that must complete, 0 to 1, over `windowHours`. */
  @IsOptional()
  @IsNumber()
  @Min(0)
  @Max(1)
  successRate?: number;

  /** Default 24. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(168)
  windowHours?: number;
}

export class SlaTargetView {
  @IsId()
  workflowId!: string;

  @JsonField()
  maxDurationMs!: number | null;

  @JsonField()
  successRate!: number | null;

  @IsInt()
  windowHours!: number;
}

const TARGET: SlaTargetView = { workflowId: WORKFLOW_ID, maxDurationMs: 60_000, successRate: 0.99, windowHours: 24 };

export const setSlaTarget = defineCommand({
  subject: 'rpc.executions.v1.sla-target.set',
  owner: 'executions',
  summary: 'Say what the runs of a workflow must keep to',
  access: { permission: 'workflows:write' },
  audit: 'sla_target.changed',
  request: SlaTargetRequest,
  reply: SlaTargetView,
  example: { request: { workflowId: WORKFLOW_ID, maxDurationMs: 60_000, successRate: 0.99 }, reply: TARGET },
});

export class SlaTargetByWorkflowRequest {
  @IsId()
  workflowId!: string;
}

export const removeSlaTarget = defineCommand({
  subject: 'rpc.executions.v1.sla-target.remove',
  owner: 'executions',
  summary: 'Ask nothing of the runs of a workflow any more',
  access: { permission: 'workflows:write' },
  audit: 'sla_target.removed',
  request: SlaTargetByWorkflowRequest,
  reply: DoneReply,
  example: { request: { workflowId: WORKFLOW_ID }, reply: {} },
});

export class ListSlaTargetsRequest extends ListRequest {}

export class ListSlaTargetsReply {
  @JsonField()
  data!: SlaTargetView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listSlaTargets = defineCommand({
  subject: 'rpc.executions.v1.sla-target.list',
  owner: 'executions',
  summary: 'What the runs of workflows must keep to',
  access: { permission: 'analytics:read' },
  request: ListSlaTargetsRequest,
  reply: ListSlaTargetsReply,
  example: { request: {}, reply: { data: [TARGET], nextCursor: null } },
});

export type SlaBreachKind = 'duration' | 'success_rate';

export interface SlaBreachView {
  id: string;
  workflowId: string;
  /** The run that took too long; null for a success rate. */
  executionId: string | null;
  kind: SlaBreachKind;
  /** Milliseconds, or a rate from 0 to 1: what was and what should have been. */
  measured: number;
  target: number;
  at: string;
  /** When the rate was good again; a run that took too long stays so. */
  resolvedAt: string | null;
}

const BREACH: SlaBreachView = {
  id: ID,
  workflowId: WORKFLOW_ID,
  executionId: EXECUTION_ID,
  kind: 'duration',
  measured: 61_000,
  target: 60_000,
  at: AT,
  resolvedAt: null,
};

export class ListSlaBreachesRequest extends ListRequest {
  @IsOptional()
  @IsId()
  workflowId?: string;
}

export class ListSlaBreachesReply {
  @JsonField()
  data!: SlaBreachView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listSlaBreaches = defineCommand<ListSlaBreachesRequest, ListSlaBreachesReply>({
  subject: 'rpc.executions.v1.sla-breach.list',
  owner: 'executions',
  summary: 'Where workflows did not keep to their targets, newest first',
  access: { permission: 'analytics:read' },
  request: ListSlaBreachesRequest,
  reply: ListSlaBreachesReply,
  example: { request: {}, reply: { data: [BREACH], nextCursor: null } },
});

export class SlaBreachedEvent {
  @IsId()
  id!: string;

  @IsId()
  workflowId!: string;

  @JsonField()
  executionId!: string | null;

  @IsString()
  kind!: string;

  @IsNumber()
  measured!: number;

  @IsNumber()
  target!: number;

  @IsString()
  at!: string;
}

const { resolvedAt: _, ...EVENT } = BREACH;

/** Told once for each run that took too long, and each time a success rate falls below its target; the row is there before. */
export const slaBreached = defineEvent<SlaBreachedEvent>({
  owner: 'executions',
  version: 1,
  name: 'sla.breached',
  summary: 'A workflow has not kept to its target',
  payload: SlaBreachedEvent,
  example: EVENT,
  consumers: ['gateway'],
});

import { IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';

const WORKFLOW_ID = '0198c1f0-0000-7000-8000-000000000001';
const FROM = '2026-01-01T00:00:00.000Z';
const TO = '2026-01-08T00:00:00.000Z';

/** Milliseconds; percentiles come from a logarithmic histogram and are off by 4.5 % at most. Null without runs. */
export interface Times {
  avg: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

/** Ended production runs. */
export interface RunCounts {
  runs: number;
  completed: number;
  failed: number;
  cancelled: number;
  timedOut: number;
  /** Completed of those that completed, failed or timed out, 0 to 1; null without any. */
  successRate: number | null;
}

export class AnalyticsRequest {
  /** RFC 3339, rounded down to the hour (a week or less) or day; default: a week before `to`. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  from?: string;

  /** RFC 3339; default: now. At most 400 days after `from`. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  to?: string;
}

export class ReadOverviewRequest extends AnalyticsRequest {}

export class ReadOverviewReply {
  @IsString()
  from!: string;

  @IsString()
  to!: string;

  @JsonField()
  counts!: RunCounts;

  /** From start to end. */
  @JsonField()
  durationMs!: Times;

  /** From the request to the start. */
  @JsonField()
  queueMs!: Times;

  /** Runs that have not ended, now; each status counted up to 10,000. */
  @JsonField()
  live!: { pending: number; running: number; waiting: number; paused: number; needs_decision: number };
}

const COUNTS: RunCounts = { runs: 10, completed: 9, failed: 1, cancelled: 0, timedOut: 0, successRate: 0.9 };
const TIMES: Times = { avg: 120, p50: 100, p95: 300, p99: 310 };

export const readOverview = defineCommand({
  subject: 'rpc.executions.v1.analytics.read-overview',
  owner: 'executions',
  summary: 'How the executions of a time went',
  access: { permission: 'analytics:read' },
  request: ReadOverviewRequest,
  reply: ReadOverviewReply,
  example: {
    request: { from: FROM, to: TO },
    reply: {
      from: FROM,
      to: TO,
      counts: COUNTS,
      durationMs: TIMES,
      queueMs: { avg: 0, p50: 0, p95: 0, p99: 0 },
      live: { pending: 0, running: 2, waiting: 1, paused: 0, needs_decision: 0 },
    },
  },
});

export interface TimelinePoint extends RunCounts {
  /** Beginning of the hour or day, UTC. */
  at: string;
  durationMs: Times;
}

export class ReadTimelineRequest extends AnalyticsRequest {
  @IsOptional()
  @IsIn(['hour', 'day'])
  interval?: 'hour' | 'day';

  @IsOptional()
  @IsId()
  workflowId?: string;
}

export class ReadTimelineReply {
  @IsIn(['hour', 'day'])
  interval!: 'hour' | 'day';

  /** Every hour or day, those without runs too; at most 1,000. */
  @JsonField()
  data!: TimelinePoint[];
}

export const readTimeline = defineCommand<ReadTimelineRequest, ReadTimelineReply>({
  subject: 'rpc.executions.v1.analytics.read-timeline',
  owner: 'executions',
  summary: 'How executions went, hour by hour or day by day, by the time of their end',
  access: { permission: 'analytics:read' },
  request: ReadTimelineRequest,
  reply: ReadTimelineReply,
  example: {
    request: { from: FROM, to: TO, interval: 'day' },
    reply: { interval: 'day', data: [{ at: FROM, ...COUNTS, durationMs: TIMES }] },
  },
});

export interface WorkflowPerformance extends RunCounts {
  workflowId: string;
  workflowName: string;
  durationMs: Times;
  queueMs: Times;
}

export const PERFORMANCE_SORTS = ['runs', 'failed', 'successRate', 'workflowName'] as const;

export class ReadPerformanceRequest extends AnalyticsRequest {
  @IsOptional()
  @IsIn(PERFORMANCE_SORTS.flatMap((column) => [column, `-${column}`]))
  sort?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(200)
  limit?: number;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

export class ReadPerformanceReply {
  @JsonField()
  data!: WorkflowPerformance[];

  @JsonField()
  nextCursor!: string | null;
}

export const readPerformance = defineCommand({
  subject: 'rpc.executions.v1.analytics.read-performance',
  owner: 'executions',
  summary: 'How each workflow did in a time; those with most runs first',
  access: { permission: 'analytics:read' },
  request: ReadPerformanceRequest,
  reply: ReadPerformanceReply,
  example: {
    request: { from: FROM, to: TO, sort: '-failed' },
    reply: {
      data: [{ workflowId: WORKFLOW_ID, workflowName: 'Orders', ...COUNTS, durationMs: TIMES, queueMs: TIMES }],
      nextCursor: null,
    },
  },
});

export class ReadStepCostsRequest extends AnalyticsRequest {
  @IsId()
  workflowId!: string;
}

export interface StepCostView {
  /** Path of the step without iteration numbers: `each.one`. */
  step: string;
  type: string;
  runs: number;
  attempts: number;
  failures: number;
  avgMs: number;
  longestMs: number;
  totalMs: number;
  /** Part of the time of all steps that no container holds, 0 to 1. */
  share: number;
}

export class ReadStepCostsReply {
  @JsonField()
  data!: StepCostView[];
}

export const readStepCosts = defineCommand({
  subject: 'rpc.executions.v1.analytics.read-step-costs',
  owner: 'executions',
  summary: 'What the steps of a workflow took, by whole days, of a sample of its runs',
  access: { permission: 'analytics:read' },
  request: ReadStepCostsRequest,
  reply: ReadStepCostsReply,
  example: {
    request: { workflowId: WORKFLOW_ID, from: FROM, to: TO },
    reply: {
      data: [
        {
          step: 'fetch',
          type: 'http_request',
          runs: 10,
          attempts: 12,
          failures: 0,
          avgMs: 80,
          longestMs: 300,
          totalMs: 800,
          share: 0.8,
        },
      ],
    },
  },
});

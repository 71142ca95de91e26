import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../journal/execution-status.js';
import type { JournalRecord } from '../journal/record.js';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { ByIdRequest, ListRequest, sortedList } from '../messages/lists.js';
import { ExecutionSummary, ExecutionView, type StepView } from './execution-view.js';
import { IsLabelFilter } from './labels.js';

const ID = '0198c1f0-0000-7000-8000-000000000002';
const SUMMARY_EXAMPLE: ExecutionSummary = {
  id: ID,
  workflowId: '0198c1f0-0000-7000-8000-000000000001',
  workflowName: 'Orders',
  workflowVersion: 1,
  status: 'completed',
  test: false,
  trigger: { type: 'manual' },
  error: null,
  parentId: null,
  rerunOf: null,
  priority: 5,
  labels: {},
  businessKey: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  startedAt: '2026-01-01T00:00:00.001Z',
  completedAt: '2026-01-01T00:00:00.100Z',
  durationMs: 99,
  progress: { settled: 1, total: 1 },
  traceId: '0af7651916cd43dd8448eb211c80319c',
};

export const getExecution = defineCommand({
  subject: 'rpc.executions.v1.execution.get',
  owner: 'executions',
  summary: 'Read one execution with its top-level steps',
  access: { permission: 'executions:read', services: ['triggers'] },
  request: ByIdRequest,
  reply: ExecutionView,
  example: { request: { id: ID }, reply: { ...SUMMARY_EXAMPLE, inputs: {}, output: null, steps: [] } },
});

/** What an execution must have to be in the list; what is absent is not asked for. */
export class ExecutionFilterRequest extends sortedList('createdAt', 'updatedAt') {
  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsIn(EXECUTION_STATUSES)
  status?: ExecutionStatus;

  /** Trigger type that started it. */
  @IsOptional()
  @IsString()
  @MaxLength(64)
  trigger?: string;

  /** Version of the workflow that it runs; with `workflowId`. */
  @IsOptional()
  @IsInt()
  @Min(0)
  version?: number;

  /** `name:value`; several must all fit. */
  @IsOptional()
  @IsLabelFilter()
  label?: string | string[];

  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(255)
  businessKey?: string;

  /** Words in the code, message or step of the error, as one types them into a search engine. */
  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(200)
  search?: string;

  /** True: test runs only. Otherwise production runs only. */
  @IsOptional()
  @IsBoolean()
  test?: boolean;

  /** Created at or after, RFC 3339. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  from?: string;

  /** Created before, RFC 3339. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  to?: string;
}

export class ListExecutionsRequest extends ExecutionFilterRequest {}

export class ListExecutionsReply {
  @JsonField()
  data!: ExecutionSummary[];

  @JsonField()
  nextCursor!: string | null;
}

export const listExecutions = defineCommand({
  subject: 'rpc.executions.v1.execution.list',
  owner: 'executions',
  summary: 'List executions, newest first',
  access: { permission: 'executions:read', services: ['triggers'] },
  request: ListExecutionsRequest,
  reply: ListExecutionsReply,
  example: { request: { limit: 10 }, reply: { data: [SUMMARY_EXAMPLE], nextCursor: null } },
});

export class ListStepsRequest extends ListRequest {
  @IsId()
  id!: string;

  /** Path of a container: its iterations' steps instead of the top level. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  parent?: string;
}

export class ListStepsReply {
  @JsonField()
  data!: StepView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listSteps = defineCommand({
  subject: 'rpc.executions.v1.step.list',
  owner: 'executions',
  summary: 'List the steps of an execution, or of one of its containers',
  access: { permission: 'executions:read' },
  request: ListStepsRequest,
  reply: ListStepsReply,
  example: { request: { id: ID }, reply: { data: [], nextCursor: null } },
});

export class ReadJournalRequest {
  @IsId()
  id!: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;

  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;
}

/** A journal record with its time as RFC 3339. */
export type JournalEntry = Omit<JournalRecord, 'at'> & { at: string };

export class ReadJournalReply {
  @JsonField()
  data!: JournalEntry[];

  @JsonField()
  nextCursor!: string | null;
}

export const readJournal = defineCommand({
  subject: 'rpc.executions.v1.journal.read',
  owner: 'executions',
  summary: 'Read the journal of an execution in order',
  access: { permission: 'executions:read' },
  request: ReadJournalRequest,
  reply: ReadJournalReply,
  example: {
    request: { id: ID, limit: 100 },
    reply: {
      data: [{ seq: 1, type: 'execution_started', at: '2026-01-01T00:00:00.001Z', data: {} }],
      nextCursor: null,
    },
  },
});

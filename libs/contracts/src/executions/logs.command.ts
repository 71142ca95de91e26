import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsInt, IsOptional, IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText, JsonField } from '../messages/fields.js';
import { DoneReply, ListRequest } from '../messages/lists.js';
import type { TaskLog } from '../tasks/task.js';

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines that the log of one execution keeps; later ones are counted. */
export const MAX_LOG_LINES = 5_000;
/** Characters of a line; the rest is cut off. */
export const MAX_LOG_LINE = 2_000;

const ID = '0198c1f0-0000-7000-8000-000000000002';

/** One line of an execution's log: of a `log` step, or what a step wrote while a worker ran it. */
export interface LogLine {
  /** RFC 3339, by the clock of whoever wrote it. */
  at: string;
  level: LogLevel;
  /** Path of the step. */
  path: string;
  attempt: number;
  message: string;
}

export class ReadLogsRequest extends ListRequest {
  @IsId()
  id!: string;

  /** This level and those above it. */
  @IsOptional()
  @IsIn(LOG_LEVELS)
  level?: LogLevel;

  /** Lines of this step and, of a container, of the steps in it. */
  @IsOptional()
  @IsString()
  @MaxLength(2000)
  path?: string;

  /** Lines that hold this text, whatever its case. */
  @IsOptional()
  @IsString()
  @IsText()
  @MaxLength(200)
  search?: string;
}

export class ReadLogsReply {
  @JsonField()
  data!: LogLine[];

  @JsonField()
  nextCursor!: string | null;

  /** The execution wrote more than is kept; what came last is missing. */
  @IsBoolean()
  truncated!: boolean;

  /** Lines that are missing. */
  @IsInt()
  omitted!: number;
}

export const readLogs = defineCommand({
  subject: 'rpc.executions.v1.log.read',
  owner: 'executions',
  summary: 'Read the log of an execution, in the order in which the lines came in',
  access: { permission: 'executions:read' },
  request: ReadLogsRequest,
  reply: ReadLogsReply,
  example: {
    request: { id: ID, level: 'info' },
    reply: {
      data: [{ at: '2026-01-01T00:00:00.001Z', level: 'info', path: 'fetch', attempt: 1, message: 'GET took 12 ms' }],
      nextCursor: null,
      truncated: false,
      omitted: 0,
    },
  },
});

/** Lines of one attempt of one step. */
export interface LogBatch {
  executionId: string;
  organizationId: string;
  path: string;
  attempt: number;
  lines: TaskLog[];
}

export class AppendLogsRequest {
  @JsonField()
  @IsArray()
  @ArrayMaxSize(200)
  batches!: LogBatch[];
}

/**
 * What running steps have written since the last time; what a step writes near its end comes with its result. Answered
 * when it is taken in. Best effort: a line may come twice after a lost answer.
 */
export const appendLogs = defineCommand({
  subject: 'rpc.executions.v1.log.append',
  owner: 'executions',
  summary: 'Hand over what running steps write',
  access: { services: ['worker', 'ai'] },
  audit: { none: 'Lines that steps write.' },
  request: AppendLogsRequest,
  reply: DoneReply,
  example: {
    request: {
      batches: [
        {
          executionId: ID,
          organizationId: '0198c1f0-0000-7000-8000-000000000003',
          path: 'fetch',
          attempt: 1,
          lines: [{ at: 1767225600000, level: 'info', message: 'page 3 of 40' }],
        },
      ],
    },
    reply: {},
  },
});

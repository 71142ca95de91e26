import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { EXECUTION_STATUSES, type ExecutionStatus } from '../journal/execution-status.js';
import { defineCommand } from '../messages/define-command.js';
import { defineEvent } from '../messages/define-event.js';
import { IsId, JsonField } from '../messages/fields.js';
import type { JournalEntry } from './read-executions.command.js';

const ID = '0198c1f0-0000-7000-8000-000000000002';
const WORKFLOW_ID = '0198c1f0-0000-7000-8000-000000000001';

/** Heard by all replicas of executions; see {@link WatchExecutions}. */
export const WATCH_SUBJECT = 'watch.executions';
/** A watch that is not repeated ends after this. */
export const WATCH_FOR_MS = 15_000;

/**
 * Said by a gateway that has viewers of these executions: whoever drives them emits {@link journalAppended} for a while.
 * Without viewers nothing is sent for a commit.
 */
export interface WatchExecutions {
  executions: { id: string; organizationId: string }[];
}

export class JournalAppendedEvent {
  @IsId()
  executionId!: string;

  /** Of the last entry. */
  @IsInt()
  seq!: number;
}

export const journalAppended = defineEvent({
  owner: 'executions',
  version: 1,
  name: 'journal.appended',
  summary: 'The journal of an execution that somebody watches has grown',
  payload: JournalAppendedEvent,
  example: { executionId: ID, seq: 7 },
  consumers: ['gateway'],
});

export class FollowJournalRequest {
  @IsId()
  id!: string;

  /** Entries after this `seq`. */
  @IsInt()
  @Min(0)
  @Max(2 ** 31 - 2)
  after!: number;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1000)
  limit?: number;
}

export class FollowJournalReply {
  @JsonField()
  data!: JournalEntry[];

  @IsIn(EXECUTION_STATUSES)
  status!: ExecutionStatus;

  /** The execution has ended and these are its last entries. */
  @IsBoolean()
  complete!: boolean;
}

export const followJournal = defineCommand({
  subject: 'rpc.executions.v1.journal.follow',
  owner: 'executions',
  summary: 'Read on in a journal, and learn whether that was its end',
  access: { permission: 'executions:read', services: ['gateway'] },
  request: FollowJournalRequest,
  reply: FollowJournalReply,
  example: {
    request: { id: ID, after: 0 },
    reply: {
      data: [{ seq: 1, type: 'execution_started', at: '2026-01-01T00:00:00.001Z', data: {} }],
      status: 'running',
      complete: false,
    },
  },
});

export class ReadPositionsRequest {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(500)
  @IsId({ each: true })
  ids!: string[];
}

export class ReadPositionsReply {
  /** The last `seq` by execution; those that are not the organization's are absent. */
  @JsonField()
  positions!: { [executionId: string]: number };
}

export const readPositions = defineCommand({
  subject: 'rpc.executions.v1.journal.read-positions',
  owner: 'executions',
  summary: 'Tell how far the journals of executions have come',
  access: { services: ['gateway'] },
  request: ReadPositionsRequest,
  reply: ReadPositionsReply,
  example: { request: { ids: [ID] }, reply: { positions: { [ID]: 7 } } },
});

/** What an execution has come to, as its row says; passing states in between are not in it. */
export interface ExecutionChange {
  executionId: string;
  workflowId: string;
  status: ExecutionStatus;
  /** RFC 3339, by the clock of the database. */
  at: string;
}

export class ReadChangesRequest {
  /** RFC 3339; changes after it. */
  @IsOptional()
  @IsString()
  @MaxLength(40)
  since?: string;

  /** `next` of the reply before, instead of `since`. With neither: nothing but where to go on from. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  cursor?: string;

  @IsOptional()
  @IsId()
  workflowId?: string;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;
}

export class ReadChangesReply {
  @JsonField()
  data!: ExecutionChange[];

  @IsString()
  next!: string;

  @IsBoolean()
  more!: boolean;
}

export const readChanges = defineCommand<ReadChangesRequest, ReadChangesReply>({
  subject: 'rpc.executions.v1.execution.read-changes',
  owner: 'executions',
  summary: 'Read which executions have changed, in order, each change once',
  access: { services: ['gateway'] },
  request: ReadChangesRequest,
  reply: ReadChangesReply,
  example: {
    request: { since: '2026-01-01T00:00:00.000Z' },
    reply: {
      data: [{ executionId: ID, workflowId: WORKFLOW_ID, status: 'completed', at: '2026-01-01T00:00:00.100Z' }],
      next: 'MjAyNi0wMS0wMQ',
      more: false,
    },
  },
});

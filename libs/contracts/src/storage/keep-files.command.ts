import { ArrayMaxSize, IsArray, IsInt, IsOptional } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId } from '../messages/fields.js';
import { FILE_EXAMPLE } from './stored-file.js';
import { MAX_FILES_A_MESSAGE } from './transfer-files.command.js';

const EXECUTION = '0198c1f0-0000-7000-8000-000000000002';
const OTHER = '0198c1f0-0000-7000-8000-000000000004';
/** Executions that one message may release. */
export const MAX_RELEASED_A_MESSAGE = 1_000;

export class RetainFilesRequest {
  @IsId()
  executionId!: string;

  /** Refers to the files already: parent, child, or the execution that is rerun. */
  @IsId()
  from!: string;

  /** Absent: every file, for a value in one of them may refer to others. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MAX_FILES_A_MESSAGE)
  @IsId({ each: true })
  ids?: string[];
}

export class RetainFilesReply {
  /** References that are new. */
  @IsInt()
  retained!: number;
}

/** One execution takes over references of another, before it journals them. Repeating it changes nothing. */
export const retainFiles = defineCommand({
  subject: 'rpc.storage.v1.file.retain',
  owner: 'storage',
  summary: 'Let an execution refer to files of another',
  access: { services: ['executions'] },
  audit: { none: 'Executions keep count of the files that they refer to.' },
  request: RetainFilesRequest,
  reply: RetainFilesReply,
  example: {
    request: { executionId: EXECUTION, from: OTHER, ids: [FILE_EXAMPLE.id] },
    reply: { retained: 1 },
  },
});

export class ReleaseFilesRequest {
  @IsArray()
  @ArrayMaxSize(MAX_RELEASED_A_MESSAGE)
  @IsId({ each: true })
  executionIds!: string[];
}

export class ReleaseFilesReply {
  /** References that are gone; a file without any is collected a day later. */
  @IsInt()
  released!: number;
}

/**
 * Executions that have been deleted for good need their files no more. A hint that makes room sooner: storage also asks by
 * itself which executions still exist.
 */
export const releaseFiles = defineCommand({
  subject: 'rpc.storage.v1.file.release',
  owner: 'storage',
  summary: 'Give up the files of deleted executions',
  access: { services: ['executions'] },
  audit: { none: 'Executions keep count of the files that they refer to.' },
  request: ReleaseFilesRequest,
  reply: ReleaseFilesReply,
  example: { request: { executionIds: [EXECUTION] }, reply: { released: 2 } },
});

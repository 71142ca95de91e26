import { ArrayMaxSize, IsArray, IsInt, IsString, Matches, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import { FILE_EXAMPLE, FileTicket } from './stored-file.js';

const EXECUTION = '0198c1f0-0000-7000-8000-000000000002';
const URL = 'http://storage:3020/files';
/** What a header can hold: `type/subtype` and parameters, no line breaks. */
const CONTENT_TYPE = /^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}(;[\x20-\x7e]{0,100})?$/;

/** Files that one message may name. */
export const MAX_FILES_A_MESSAGE = 100;

export class OpenUploadRequest {
  /** The execution that refers to the file from the moment that it is stored. */
  @IsId()
  executionId!: string;

  @IsString()
  @MaxLength(250)
  @Matches(CONTENT_TYPE, { message: 'contentType must be a media type such as application/json' })
  contentType!: string;
}

export class OpenUploadReply {
  @IsString()
  url!: string;

  @IsString()
  token!: string;

  /** Largest file that is taken, in bytes. */
  @IsInt()
  maxBytes!: number;
}

/**
 * Asks where to put a file: `PUT <url>` with `Authorization: Bearer <token>` and the bytes, begun within two minutes. The
 * answer (201, a {@link StoredFile}) comes when file and folder are on disk and the row is committed.
 */
export const openUpload = defineCommand({
  subject: 'rpc.storage.v1.upload.open',
  owner: 'storage',
  summary: 'Ask where to put a file of an execution',
  access: { services: ['executions', 'worker', 'ai'] },
  audit: { none: 'Steps store what is too large for the journal.' },
  request: OpenUploadRequest,
  reply: OpenUploadReply,
  example: {
    request: { executionId: EXECUTION, contentType: 'application/json' },
    reply: { url: URL, token: 'ey...', maxBytes: 268_435_456 },
  },
});

export class OpenFilesRequest {
  @IsId()
  executionId!: string;

  @IsArray()
  @ArrayMaxSize(MAX_FILES_A_MESSAGE)
  @IsId({ each: true })
  ids!: string[];
}

export class OpenFilesReply {
  /** Those of the files that exist and that the execution refers to. */
  @JsonField()
  files!: FileTicket[];
}

export const openFiles = defineCommand({
  subject: 'rpc.storage.v1.file.open',
  owner: 'storage',
  summary: 'Ask for files that an execution refers to',
  access: { services: ['executions', 'worker', 'ai'] },
  audit: { none: 'Steps read what is too large for the journal.' },
  request: OpenFilesRequest,
  reply: OpenFilesReply,
  example: {
    request: { executionId: EXECUTION, ids: [FILE_EXAMPLE.id] },
    reply: { files: [{ ...FILE_EXAMPLE, url: URL, token: 'ey...' }] },
  },
});

/** For people: any file of their organization. */
export const downloadFile = defineCommand({
  subject: 'rpc.storage.v1.file.download',
  owner: 'storage',
  summary: 'Download a file, as it was stored',
  access: { permission: 'executions:read' },
  request: ByIdRequest,
  reply: FileTicket,
  example: { request: { id: FILE_EXAMPLE.id }, reply: { ...FILE_EXAMPLE, url: URL, token: 'ey...' } },
});

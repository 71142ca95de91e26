import { Type } from 'class-transformer';
import { IsArray, IsBoolean, IsISO8601, IsOptional, IsString, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';

const id = '0198c1f0-0000-7000-8000-000000000020';

/** One sign-in on one client. */
export class SessionInfo {
  @IsId()
  id!: string;

  /** Where it was last used. */
  @IsString()
  clientAddress!: string;

  @IsString()
  userAgent!: string;

  /** The session that asks. */
  @IsBoolean()
  current!: boolean;

  @IsISO8601()
  createdAt!: string;

  @IsISO8601()
  lastUsedAt!: string;

  @IsISO8601()
  expiresAt!: string;
}

const SESSION: SessionInfo = {
  id,
  clientAddress: '192.0.2.1',
  userAgent: 'Mozilla/5.0',
  current: true,
  createdAt: '2026-01-01T00:00:00.000Z',
  lastUsedAt: '2026-01-02T00:00:00.000Z',
  expiresAt: '2026-02-01T00:00:00.000Z',
};

export class ListSessionsReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => SessionInfo)
  data!: SessionInfo[];

  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listSessions = defineCommand({
  subject: 'rpc.auth.v1.session.list',
  owner: 'auth',
  summary: "List one's own open sessions",
  access: { authenticated: true },
  request: ListRequest,
  reply: ListSessionsReply,
  example: { request: {}, reply: { data: [SESSION], nextCursor: null } },
});

/** Its tokens are refused from now on, access tokens too. */
export const revokeSession = defineCommand({
  subject: 'rpc.auth.v1.session.revoke',
  owner: 'auth',
  summary: "End one of one's own sessions",
  access: { authenticated: true },
  audit: 'session.revoked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

export class RevokeOtherSessionsRequest {}

export const revokeOtherSessions = defineCommand({
  subject: 'rpc.auth.v1.session.revoke-others',
  owner: 'auth',
  summary: "End all of one's own sessions but this one",
  access: { authenticated: true },
  audit: 'session.revoked',
  request: RevokeOtherSessionsRequest,
  reply: DoneReply,
  example: { request: {}, reply: {} },
});

export class ListUserSessionsRequest extends ListRequest {
  @IsId()
  id!: string;
}

export const listUserSessions = defineCommand({
  subject: 'rpc.auth.v1.user.list-sessions',
  owner: 'auth',
  summary: 'List the open sessions of a user',
  access: { permission: 'users:read' },
  request: ListUserSessionsRequest,
  reply: ListSessionsReply,
  example: { request: { id }, reply: { data: [{ ...SESSION, current: false }], nextCursor: null } },
});

export const logOutUser = defineCommand({
  subject: 'rpc.auth.v1.user.log-out',
  owner: 'auth',
  summary: 'End all sessions of a user',
  access: { permission: 'users:write' },
  audit: 'session.revoked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

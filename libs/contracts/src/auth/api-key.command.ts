import { Type } from 'class-transformer';
import { ArrayMinSize, ArrayUnique, IsArray, IsIn, IsInt, IsISO8601, IsOptional } from 'class-validator';
import { IsString, MaxLength, Min, MinLength, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsText } from '../messages/fields.js';
import { ByIdRequest, DoneReply, ListRequest } from '../messages/lists.js';
import { PERMISSIONS, type Permission } from '../principal/permissions.js';

const SCOPES = Object.keys(PERMISSIONS);
const id = '0198c1f0-0000-7000-8000-000000000022';

export class ApiKeyView {
  @IsId()
  id!: string;

  @IsString()
  name!: string;

  /** The key's beginning, to recognise it by. */
  @IsString()
  prefix!: string;

  /** What it may do, as long as its user may, too. */
  @IsArray()
  @IsIn(SCOPES, { each: true })
  scopes!: Permission[];

  /** User for whom it speaks: it ends with them. */
  @IsId()
  userId!: string;

  @IsISO8601()
  createdAt!: string;

  @IsOptional()
  @IsISO8601()
  expiresAt!: string | null;

  /** Counted in batches: a use shows within a minute. */
  @IsOptional()
  @IsISO8601()
  lastUsedAt!: string | null;

  @IsInt()
  @Min(0)
  useCount!: number;
}

const KEY: ApiKeyView = {
  id,
  name: 'Deployment',
  prefix: 'rpa_4f8KqTz1bN2c',
  scopes: ['workflows:execute', 'workflows:read'],
  userId: '0198c1f0-0000-7000-8000-000000000010',
  createdAt: '2026-01-01T00:00:00.000Z',
  expiresAt: '2027-01-01T00:00:00.000Z',
  lastUsedAt: null,
  useCount: 0,
};

export class CreateApiKeyRequest {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  /** A part of one's own permissions. */
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsIn(SCOPES, { each: true })
  scopes!: Permission[];

  /** In the future; without it the key is good until it is revoked. */
  @IsOptional()
  @IsISO8601({ strict: true })
  expiresAt?: string;
}

export class CreateApiKeyReply extends ApiKeyView {
  /** For the header `X-API-Key`; shown this once. */
  @IsString()
  key!: string;
}

export const createApiKey = defineCommand({
  subject: 'rpc.auth.v1.api-key.create',
  owner: 'auth',
  summary: 'Make an API key for oneself',
  access: { authenticated: true },
  audit: 'api_key.created',
  request: CreateApiKeyRequest,
  reply: CreateApiKeyReply,
  example: {
    request: { name: KEY.name, scopes: KEY.scopes, expiresAt: '2027-01-01T00:00:00.000Z' },
    reply: { ...KEY, key: 'rpa_4f8KqTz1bN2c_example' },
  },
});

export class ListApiKeysReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => ApiKeyView)
  data!: ApiKeyView[];

  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

/** With `users:read` those of everybody in the organization. */
export const listApiKeys = defineCommand({
  subject: 'rpc.auth.v1.api-key.list',
  owner: 'auth',
  summary: 'List API keys',
  access: { authenticated: true },
  request: ListRequest,
  reply: ListApiKeysReply,
  example: { request: {}, reply: { data: [KEY], nextCursor: null } },
});

export const getApiKey = defineCommand({
  subject: 'rpc.auth.v1.api-key.get',
  owner: 'auth',
  summary: 'One API key',
  access: { authenticated: true },
  request: ByIdRequest,
  reply: ApiKeyView,
  example: { request: { id }, reply: KEY },
});

/** At once. One's own; with `users:write` anybody's in the organization. */
export const revokeApiKey = defineCommand({
  subject: 'rpc.auth.v1.api-key.revoke',
  owner: 'auth',
  summary: 'Revoke an API key',
  access: { authenticated: true },
  audit: 'api_key.revoked',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

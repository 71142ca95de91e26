import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, IsBoolean, IsISO8601, IsOptional, IsString } from 'class-validator';
import { IsUrl, MaxLength, MinLength, ValidateNested } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsKey, IsText, SecretField } from '../messages/fields.js';
import { ByIdRequest, DoneReply } from '../messages/lists.js';

const id = '0198c1f0-0000-7000-8000-000000000023';

/** Who is in the provider's group gets the role. */
export class GroupMapping {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  group!: string;

  @IsKey()
  role!: string;
}

class OidcProviderFields {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  name!: string;

  /** Issuer as the provider's discovery document calls it; https unless the operator allows more (`EGRESS_ALLOW`). */
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @MaxLength(500)
  issuer!: string;

  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  clientId!: string;

  /** Asked for beside `openid email profile`. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  scopes?: string[];

  /** Claim that lists the user's groups. */
  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(100)
  groupsClaim?: string;

  /** When there are any, the provider decides: at each login a user has exactly the roles of their groups. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @ValidateNested({ each: true })
  @Type(() => GroupMapping)
  groupMappings?: GroupMapping[];

  /** Roles of a user who is made at their first login and whose groups map to none; none: such a login is refused. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(20)
  @IsKey({ each: true })
  defaultRoles?: string[];

  /** Make unknown users at their first login. Default: yes. */
  @IsOptional()
  @IsBoolean()
  createUsers?: boolean;

  /** Default: yes. */
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;
}

export class CreateOidcProviderRequest extends OidcProviderFields {
  /** Part of its login's path; never changes. */
  @IsKey()
  key!: string;

  /** Without one the client is a public one (PKCE alone). */
  @SecretField()
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  clientSecret?: string;
}

export class UpdateOidcProviderRequest extends OidcProviderFields {
  @IsId()
  id!: string;

  /** Left out: stays as it is. */
  @SecretField()
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(500)
  clientSecret?: string;
}

export class OidcProviderView extends OidcProviderFields {
  @IsId()
  id!: string;

  @IsKey()
  key!: string;

  declare scopes: string[];
  declare groupsClaim: string;
  declare groupMappings: GroupMapping[];
  declare defaultRoles: string[];
  declare createUsers: boolean;
  declare enabled: boolean;

  /** Whether it has a client secret. */
  @IsBoolean()
  confidential!: boolean;

  /** To be registered at the provider. */
  @IsString()
  redirectUri!: string;

  /** Where users begin to sign in. */
  @IsString()
  loginUrl!: string;

  @IsISO8601()
  createdAt!: string;
}

const FIELDS = {
  name: 'Example login',
  issuer: 'https://login.example.com',
  clientId: 'rpa',
  scopes: ['groups'],
  groupsClaim: 'groups',
  groupMappings: [{ group: 'automation', role: 'editor' }],
  defaultRoles: ['viewer'],
  createUsers: true,
  enabled: true,
};
const PROVIDER: OidcProviderView = {
  ...FIELDS,
  id,
  key: 'example',
  confidential: true,
  redirectUri: 'https://rpa.example.com/api/v1/auth/oidc/callback',
  loginUrl: 'https://rpa.example.com/api/v1/auth/oidc/analytical-engines/example/login',
  createdAt: '2026-01-01T00:00:00.000Z',
};

export class ListOidcProvidersRequest {}

export class ListOidcProvidersReply {
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => OidcProviderView)
  data!: OidcProviderView[];

  /** Always null: an organization has at most 20. */
  @IsOptional()
  @IsString()
  nextCursor!: string | null;
}

export const listOidcProviders = defineCommand({
  subject: 'rpc.auth.v1.oidc-provider.list',
  owner: 'auth',
  summary: 'List OpenID Connect providers',
  access: { permission: 'settings:read' },
  request: ListOidcProvidersRequest,
  reply: ListOidcProvidersReply,
  example: { request: {}, reply: { data: [PROVIDER], nextCursor: null } },
});

export const getOidcProvider = defineCommand({
  subject: 'rpc.auth.v1.oidc-provider.get',
  owner: 'auth',
  summary: 'One OpenID Connect provider',
  access: { permission: 'settings:read' },
  request: ByIdRequest,
  reply: OidcProviderView,
  example: { request: { id }, reply: PROVIDER },
});

/** Mapped and default roles are held to what the one who asks may do. */
export const createOidcProvider = defineCommand({
  subject: 'rpc.auth.v1.oidc-provider.create',
  owner: 'auth',
  summary: 'Add an OpenID Connect provider',
  access: { permission: 'settings:write' },
  audit: 'oidc_provider.created',
  idempotent: true,
  request: CreateOidcProviderRequest,
  reply: OidcProviderView,
  example: { request: { ...FIELDS, key: 'example', clientSecret: 'example' }, reply: PROVIDER },
});

export const updateOidcProvider = defineCommand({
  subject: 'rpc.auth.v1.oidc-provider.update',
  owner: 'auth',
  summary: 'Change an OpenID Connect provider',
  access: { permission: 'settings:write' },
  audit: 'oidc_provider.updated',
  request: UpdateOidcProviderRequest,
  reply: OidcProviderView,
  example: { request: { ...FIELDS, id }, reply: PROVIDER },
});

/** Its users stay, and sign in by password once they have reset it. */
export const deleteOidcProvider = defineCommand({
  subject: 'rpc.auth.v1.oidc-provider.delete',
  owner: 'auth',
  summary: 'Remove an OpenID Connect provider',
  access: { permission: 'settings:write' },
  audit: 'oidc_provider.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id }, reply: {} },
});

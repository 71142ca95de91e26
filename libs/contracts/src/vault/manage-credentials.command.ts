import { ArrayMaxSize, IsArray, IsIn, IsInt, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, IsKey, IsText, JsonField, SecretField } from '../messages/fields.js';
import { ByIdRequest, DoneReply, sortedList } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { CREDENTIAL_TYPE_NAMES, type CredentialType } from './credential-types.js';

export interface CredentialHealth {
  /** unconnected: an oauth2 credential that waits for somebody's consent, for the first time or again. */
  status: 'ok' | 'failing' | 'unconnected';
  message: string | null;
  checkedAt: string;
}

/** A credential without its values: those leave the vault only towards a worker, by a grant. */
export class CredentialView {
  @IsId()
  id!: string;

  @IsString()
  name!: string;

  /** What workflow definitions refer to; unique in the organization, never changed. */
  @IsKey()
  key!: string;

  @IsIn(CREDENTIAL_TYPE_NAMES)
  type!: CredentialType;

  /** Names of the fields that it holds. */
  @IsArray()
  @IsString({ each: true })
  fields!: string[];

  /** Raised by one whenever the values change. */
  @IsInt()
  version!: number;

  /** Who else than its maker, owners and admins may see and use it: members of these roles; null: everybody who may use credentials. */
  @JsonField()
  sharedRoles!: string[] | null;

  /** What the last test or the last fetch of a token has shown; null before. */
  @JsonField()
  health!: CredentialHealth | null;

  /** Id of the user who made it. */
  @IsString()
  createdBy!: string;

  @IsString()
  createdAt!: string;

  @IsString()
  updatedAt!: string;
}

const ID = '0198c1f0-0000-7000-8000-000000000006';
const EXAMPLE: CredentialView = {
  id: ID,
  name: 'Shop API',
  key: 'shop_api',
  type: 'api_key',
  fields: ['key', 'name'],
  version: 1,
  sharedRoles: null,
  health: null,
  createdBy: '0198c1f0-0000-7000-8000-000000000004',
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-01T00:00:00.000Z',
};

/** Keys of roles; null: everybody. Absent: as it is. */
function SharedRoles(): PropertyDecorator {
  return (target, key) => {
    IsOptional()(target, key);
    IsArray()(target, key);
    ArrayMaxSize(50)(target, key);
    IsKey({ each: true })(target, key as string);
  };
}

export class CreateCredentialRequest {
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name!: string;

  @IsKey()
  key!: string;

  @IsIn(CREDENTIAL_TYPE_NAMES)
  type!: CredentialType;

  /** The values, by the fields of the type (see `GET /credentials/types`); 16 KiB of JSON at most. */
  @SecretField()
  @IsJsonObject()
  data!: JsonObject;

  @SharedRoles()
  sharedRoles?: string[] | null;
}

export const createCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.create',
  owner: 'credentials-vault',
  summary: 'Store a credential, encrypted',
  access: { permission: 'credentials:write', services: ['triggers'] },
  audit: 'credential.created',
  request: CreateCredentialRequest,
  reply: CredentialView,
  idempotent: true,
  example: {
    request: { name: 'Shop API', key: 'shop_api', type: 'api_key', data: { key: 'k-123', name: 'X-Shop-Key' } },
    reply: EXAMPLE,
  },
});

export const getCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.get',
  owner: 'credentials-vault',
  summary: 'See a credential without its values',
  access: { permission: 'credentials:read' },
  request: ByIdRequest,
  reply: CredentialView,
  example: { request: { id: ID }, reply: EXAMPLE },
});

export class ListCredentialsRequest extends sortedList('createdAt', 'updatedAt', 'name') {
  @IsOptional()
  @IsIn(CREDENTIAL_TYPE_NAMES)
  type?: CredentialType;
}

export class ListCredentialsReply {
  @JsonField()
  data!: CredentialView[];

  @JsonField()
  nextCursor!: string | null;
}

export const listCredentials = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.list',
  owner: 'credentials-vault',
  summary: 'List credentials without their values, newest first',
  access: { permission: 'credentials:read' },
  request: ListCredentialsRequest,
  reply: ListCredentialsReply,
  example: { request: { type: 'api_key' }, reply: { data: [EXAMPLE], nextCursor: null } },
});

export class UpdateCredentialRequest {
  @IsId()
  id!: string;

  @IsOptional()
  @IsString()
  @IsText()
  @MinLength(1)
  @MaxLength(200)
  name?: string;

  /** All values anew, by the fields of the type; absent: they stay. */
  @IsOptional()
  @SecretField()
  @IsJsonObject()
  data?: JsonObject;

  @SharedRoles()
  sharedRoles?: string[] | null;
}

export const updateCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.update',
  owner: 'credentials-vault',
  summary: 'Rename a credential or replace its values',
  access: { permission: 'credentials:write', services: ['triggers'] },
  audit: 'credential.updated',
  request: UpdateCredentialRequest,
  reply: CredentialView,
  example: { request: { id: ID, name: 'Shop' }, reply: { ...EXAMPLE, name: 'Shop' } },
});

export const deleteCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.delete',
  owner: 'credentials-vault',
  summary: 'Delete a credential; steps that name it fail from now on',
  access: { permission: 'credentials:write', services: ['triggers'] },
  audit: 'credential.deleted',
  request: ByIdRequest,
  reply: DoneReply,
  example: { request: { id: ID }, reply: {} },
});

export const restoreCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.restore',
  owner: 'credentials-vault',
  summary: 'Undo the deletion of a credential',
  access: { permission: 'credentials:write' },
  audit: 'credential.restored',
  request: ByIdRequest,
  reply: CredentialView,
  example: { request: { id: ID }, reply: EXAMPLE },
});

import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Max, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, IsJsonObject, JsonField, SecretField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import type { JsonObject } from '../values/json.js';
import { CredentialView, getCredential } from './manage-credentials.command.js';

const ID = '0198c1f0-0000-7000-8000-000000000006';
const CREDENTIAL = getCredential.example.reply;

/** One kind of credential, for editors: what to ask for. */
export interface CredentialTypeView {
  type: string;
  title: string;
  /** JSON Schema of `data`; secrets are marked `writeOnly`. */
  schema: JsonObject;
}

export class ListCredentialTypesRequest {}

export class ListCredentialTypesReply {
  @JsonField()
  data!: CredentialTypeView[];
}

export const listCredentialTypes = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential-type.list',
  owner: 'credentials-vault',
  summary: 'The types of credentials, with a JSON Schema of their values',
  access: { permission: 'credentials:read' },
  request: ListCredentialTypesRequest,
  reply: ListCredentialTypesReply,
  example: {
    request: {},
    reply: {
      data: [
        {
          type: 'bearer',
          title: 'Bearer token',
          schema: {
            type: 'object',
            required: ['token'],
            properties: { token: { type: 'string', minLength: 1, writeOnly: true } },
            additionalProperties: false,
          },
        },
      ],
    },
  },
});

export class TestCredentialReply {
  @IsBoolean()
  ok!: boolean;

  /** How far the test went: token: one was fetched; connection: the other side took it; form: only the form could be looked at. */
  @IsIn(['token', 'connection', 'form'])
  checked!: 'token' | 'connection' | 'form';

  @IsString()
  message!: string;
}

export const testCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.test',
  owner: 'credentials-vault',
  summary: 'Try a credential: fetch a token, call its test address, connect to its database, read its key',
  access: { permission: 'credentials:write' },
  audit: 'credential.tested',
  request: ByIdRequest,
  reply: TestCredentialReply,
  example: { request: { id: ID }, reply: { ok: true, checked: 'connection', message: 'The answer was 200.' } },
  timeoutMs: 25_000,
});

export class RotateCredentialRequest {
  @IsId()
  id!: string;

  /** The values that change; the others stay. Absent for oauth2: a new token is fetched now. */
  @IsOptional()
  @SecretField()
  @IsJsonObject()
  data?: JsonObject;
}

export const rotateCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.rotate',
  owner: 'credentials-vault',
  summary: 'Replace some values of a credential, or fetch a new token',
  access: { permission: 'credentials:write' },
  audit: 'credential.rotated',
  request: RotateCredentialRequest,
  reply: CredentialView,
  example: { request: { id: ID, data: { key: 'k-456' } }, reply: { ...CREDENTIAL, version: 2 } },
  timeoutMs: 25_000,
});

/** Values that a credential has or had; never the values themselves. */
export interface CredentialVersionView {
  version: number;
  fields: string[];
  createdBy: string;
  createdAt: string;
  current: boolean;
}

export class ListCredentialVersionsReply {
  @JsonField()
  data!: CredentialVersionView[];
}

export const listCredentialVersions = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.versions',
  owner: 'credentials-vault',
  summary: 'Which values a credential has had, newest first; the last eleven are kept',
  access: { permission: 'credentials:read' },
  request: ByIdRequest,
  reply: ListCredentialVersionsReply,
  example: {
    request: { id: ID },
    reply: {
      data: [
        {
          version: 1,
          fields: ['key'],
          createdBy: CREDENTIAL.createdBy,
          createdAt: CREDENTIAL.createdAt,
          current: true,
        },
      ],
    },
  },
});

export class RollbackCredentialRequest {
  @IsId()
  id!: string;

  /** One of those that are kept. */
  @IsInt()
  @Min(1)
  @Max(2_000_000_000)
  version!: number;
}

export const rollbackCredential = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.rollback',
  owner: 'credentials-vault',
  summary: 'Make former values of a credential its newest ones',
  access: { permission: 'credentials:write' },
  audit: 'credential.rolled_back',
  request: RollbackCredentialRequest,
  reply: CredentialView,
  example: { request: { id: ID, version: 1 }, reply: { ...CREDENTIAL, version: 3 } },
});

export interface CredentialUser {
  id: string;
  key: string;
  name: string;
}

export class CredentialUsageReply {
  /** Whose draft or published version names it; the first 200. */
  @JsonField()
  workflows!: (CredentialUser & { draft: boolean; published: boolean })[];

  @JsonField()
  integrations!: CredentialUser[];

  /** When a step last had it; null: never. */
  @JsonField()
  lastUsedAt!: string | null;

  /** How often in the last 30 days. */
  @IsInt()
  uses!: number;
}

export const getCredentialUsage = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.usage',
  owner: 'credentials-vault',
  summary: 'Who uses a credential: workflows, integrations, and how often',
  access: { permission: 'credentials:read' },
  request: ByIdRequest,
  reply: CredentialUsageReply,
  example: {
    request: { id: ID },
    reply: {
      workflows: [
        { id: '0198c1f0-0000-7000-8000-000000000001', key: 'orders', name: 'Orders', draft: true, published: true },
      ],
      integrations: [],
      lastUsedAt: '2026-01-01T00:00:00.000Z',
      uses: 12,
    },
  },
});

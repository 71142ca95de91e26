import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { SecretField } from '../messages/fields.js';
import { ByIdRequest } from '../messages/lists.js';
import { CredentialView, getCredential } from './manage-credentials.command.js';

export class BeginConnectReply {
  /** Where the browser goes so that its user gives consent. */
  @IsString()
  url!: string;

  @IsString()
  expiresAt!: string;
}

export const beginConnect = defineCommand({
  subject: 'rpc.credentials-vault.v1.connection.begin',
  owner: 'credentials-vault',
  summary: 'Begin to connect an oauth2 credential: where its user gives consent',
  access: { permission: 'credentials:write' },
  audit: { none: 'Nothing has changed yet; finishing is recorded.' },
  request: ByIdRequest,
  reply: BeginConnectReply,
  example: {
    request: { id: '0198c1f0-0000-7000-8000-000000000006' },
    reply: {
      url: 'https://login.example.com/authorize?client_id=rpa&state=x',
      expiresAt: '2026-01-01T00:10:00.000Z',
    },
  },
});

export class FinishConnectRequest {
  /** As the authorization server gave it back. */
  @SecretField()
  @IsString()
  @Matches(/^[A-Za-z0-9_-]{43}$/, { message: 'state is not one that was given' })
  state!: string;

  @IsOptional()
  @SecretField()
  @IsString()
  @MaxLength(4_000)
  code?: string;

  /** What the authorization server said instead of a code, e.g. `access_denied`. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  error?: string;
}

export const finishConnect = defineCommand({
  subject: 'rpc.credentials-vault.v1.connection.finish',
  owner: 'credentials-vault',
  summary: 'Finish to connect an oauth2 credential, by the same user and with what the authorization server gave back',
  access: { permission: 'credentials:write' },
  audit: 'credential.connected',
  request: FinishConnectRequest,
  reply: CredentialView,
  example: {
    request: { state: 'Yk1uZ3VwZG9uJ3QtcmVhZC10aGlzLWFueW1vcmUtcGx', code: 'SplxlOBeZQQYbYS6WxSbIA' },
    reply: { ...getCredential.example.reply, type: 'oauth2', health: null },
  },
  timeoutMs: 25_000,
});

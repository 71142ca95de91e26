import { IsBoolean, IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { SERVICES } from '../principal/services.js';

const id = '0198c1f0-0000-7000-8000-000000000020';

export class CheckSessionRequest {
  @IsId()
  sessionId!: string;

  @IsId()
  organizationId!: string;
}

export class CheckSessionReply {
  /** Whether the session, its user and its organization are all still there. */
  @IsBoolean()
  active!: boolean;

  /** The user's present epoch; a token with an older one must be refreshed. */
  @IsInt()
  epoch!: number;
}

/** Whether a session still stands. The gateway asks for each session now and then, and after every `access.changed`. */
export const checkSession = defineCommand({
  subject: 'rpc.auth.v1.session.check',
  owner: 'auth',
  summary: 'Whether a session still stands',
  access: { services: ['gateway'] },
  timeoutMs: 3_000,
  request: CheckSessionRequest,
  reply: CheckSessionReply,
  example: {
    request: { sessionId: id, organizationId: '0198c1f0-0000-7000-8000-000000000003' },
    reply: { active: true, epoch: 3 },
  },
});

/** Form of an API key: what it is, a part that may be shown, and a secret of 256 bits. */
export const API_KEY_PATTERN = /^rpa_[A-Za-z0-9]{12}_[A-Za-z0-9_-]{43}$/;

export class RedeemApiKeyRequest {
  @Matches(API_KEY_PATTERN, { message: '$property is not an API key' })
  key!: string;

  /** Requests that it was used for since the last time, beside this one. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(1_000_000)
  uses?: number;
}

export class RedeemApiKeyReply {
  /** Principal of the key's user with the key's scopes; good for a minute. */
  @IsString()
  accessToken!: string;

  /** Seconds. */
  @IsInt()
  expiresIn!: number;
}

/** Trades an API key for a token of the user whom it speaks for; `invalid_token` when it is unknown, revoked or expired. */
export const redeemApiKey = defineCommand({
  subject: 'rpc.auth.v1.api-key.redeem',
  owner: 'auth',
  summary: 'Trade an API key for a principal',
  access: { services: ['gateway'] },
  audit: { none: 'Each use counts in the key itself.' },
  timeoutMs: 3_000,
  request: RedeemApiKeyRequest,
  reply: RedeemApiKeyReply,
  example: {
    request: { key: 'rpa_4f8KqTz1bN2c_Zk1vYzJ0d0p4cGQ3Q1lqS0h2b0xkUTRwWm5tUjV0WXc' },
    reply: { accessToken: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl', expiresIn: 60 },
  },
});

export class ListSigningKeysRequest {}

export class ListSigningKeysReply {
  /** One JWT for each key, signed by auth's identity key: `sub` is the key's id, `jwk` the public key. */
  @JsonField()
  certificates!: string[];
}

/** The keys that sign users' tokens at present. They change while everything runs, so each is vouched for by auth. */
export const listSigningKeys = defineCommand({
  subject: 'rpc.auth.v1.signing-key.list',
  owner: 'auth',
  summary: 'The keys that sign users at present',
  access: { services: SERVICES },
  timeoutMs: 3_000,
  request: ListSigningKeysRequest,
  reply: ListSigningKeysReply,
  example: { request: {}, reply: { certificates: ['eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl'] } },
});

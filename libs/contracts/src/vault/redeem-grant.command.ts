import { ArrayMaxSize, IsArray, IsOptional, IsString, MaxLength } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { JsonField } from '../messages/fields.js';
import type { JsonObject } from '../values/json.js';

/**
 * Claims of a grant, a JWT that executions signs (`aud: credentials-vault`) for one credential, one attempt, one minute.
 * Triggers signs such for itself: `executionId` is the trigger's id then, `path` is `trigger`.
 */
export interface CredentialGrant {
  organizationId: string;
  credentialKey: string;
  executionId: string;
  path: string;
  attempt: number;
}

export class RedeemGrantRequest {
  @IsString()
  @MaxLength(4000)
  grant!: string;

  /** The worker's ephemeral X25519 public key (raw, base64url): only it can open the answer. */
  @IsString()
  @MaxLength(64)
  publicKey!: string;
}

/** HKDF `info` of the key that seals a {@link RedeemGrantReply}. */
export const GRANT_SEAL_INFO = 'rpa redeem-grant v1';

export class RedeemGrantReply {
  /**
   * The credential `{ type, data }` as JSON, sealed to the worker's key. All base64url. The key is 32 bytes of
   * HKDF-SHA256 over the X25519 agreement of `ephemeralKey` (the vault's, raw) with the worker's key; salt: the raw
   * `ephemeralKey` followed by the worker's raw public key; info: {@link GRANT_SEAL_INFO}. AES-256-GCM with the 12-byte
   * `nonce`; associated data: the grant's text; `ciphertext` ends with the 16-byte tag.
   */
  @JsonField()
  sealed!: { ephemeralKey: string; nonce: string; ciphertext: string };
}

/** What a step sees of a credential. */
export interface CredentialValue {
  type: string;
  data: JsonObject;
}

export const redeemGrant = defineCommand({
  subject: 'rpc.credentials-vault.v1.grant.redeem',
  owner: 'credentials-vault',
  summary: 'Fetch one credential for one attempt of one step',
  access: { services: ['worker', 'ai', 'triggers', 'integrations'] },
  audit: 'credential.used',
  request: RedeemGrantRequest,
  reply: RedeemGrantReply,
  example: {
    request: { grant: 'eyJ...', publicKey: 'mXJq1r0cX4w1m8m3V0cVtq5iH7JtBv3kPpK8o5o0x1A' },
    reply: { sealed: { ephemeralKey: 'a', nonce: 'b', ciphertext: 'c' } },
  },
});

export class CheckCredentialKeysRequest {
  @IsArray()
  @ArrayMaxSize(10_000)
  @IsString({ each: true })
  @MaxLength(64, { each: true })
  keys!: string[];

  /** In whose name they would be used: tells also which are not shared with that person's roles. */
  @IsOptional()
  @JsonField()
  user?: { userId: string; roles: string[] };
}

export class CheckCredentialKeysReply {
  /** Those of the asked keys that the organization does not have. */
  @JsonField()
  missing!: string[];

  /** Those that are there and not shared with `user`. */
  @JsonField()
  notShared?: string[];
}

export const checkCredentialKeys = defineCommand({
  subject: 'rpc.credentials-vault.v1.credential.check-keys',
  owner: 'credentials-vault',
  summary: 'Tell which credential keys do not exist',
  access: { services: ['workflows', 'integrations', 'triggers'] },
  request: CheckCredentialKeysRequest,
  reply: CheckCredentialKeysReply,
  example: { request: { keys: ['shop_api'] }, reply: { missing: [], notShared: [] } },
});

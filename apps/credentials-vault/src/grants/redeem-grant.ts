import { Injectable } from '@nestjs/common';
import {
  AppError,
  ID_PATTERN,
  type CredentialGrant,
  type Principal,
  type RedeemGrantReply,
  type RedeemGrantRequest,
  type ServiceName,
} from '@rpa/contracts';
import { Identity } from '@rpa/platform';
import { valueBinding } from '../encryption/bindings.js';
import { DataKeys } from '../encryption/data-keys.js';
import { unseal } from '../encryption/sealed-bytes.js';
import { FreshToken } from '../oauth/fresh-token.js';
import type { OAuthData } from '../oauth/oauth-client.js';
import { GrantsRepository, type SealedValue } from './grants.repository.js';
import { sealCredential } from './seal-credential.js';

/** Gives a worker the one credential that executions has granted it, readable by nobody between. */
@Injectable()
export class RedeemGrant {
  constructor(
    private readonly identity: Identity,
    private readonly grants: GrantsRepository,
    private readonly dataKeys: DataKeys,
    private readonly freshToken: FreshToken,
  ) {}

  async execute(principal: Principal | null, { grant, publicKey }: RedeemGrantRequest): Promise<RedeemGrantReply> {
    if (principal?.kind !== 'service') throw new AppError('forbidden', 'Only services redeem grants.');
    const claims = await this.prove(grant, granterFor(principal.service));
    if (principal.organizationId !== claims.organizationId)
      throw new AppError('forbidden', 'The grant belongs to another organization than the one who asks.');
    const value = await this.grants.take(claims, principal.service);
    if (!value) throw new AppError('credential_refused', `There is no credential '${claims.credentialKey}'.`);
    const stored = await this.open(claims.organizationId, value);
    const data =
      value.type === 'oauth2' ? await this.accessToken(claims.organizationId, value.id, stored) : Buffer.from(stored);
    const plain = Buffer.concat([Buffer.from(`{"type":${JSON.stringify(value.type)},"data":`), data, Buffer.from('}')]);
    try {
      return { sealed: sealCredential(plain, publicKey, grant) };
    } finally {
      for (const secret of [stored, data, plain]) secret.fill(0);
    }
  }

  private async prove(grant: string, granter: ServiceName): Promise<CredentialGrant> {
    const { signer, claims } = await this.identity.verify(grant, 'credentials-vault');
    if (signer !== granter) throw new AppError('forbidden', `A grant signed by '${signer}' is none.`);
    const { organizationId, credentialKey, executionId, path, attempt } = claims;
    const isComplete =
      [organizationId, executionId].every((id) => typeof id === 'string' && ID_PATTERN.test(id)) &&
      typeof credentialKey === 'string' &&
      typeof path === 'string' &&
      Number.isInteger(attempt);
    if (!isComplete) throw new AppError('invalid_token', 'The grant lacks claims.');
    return { organizationId, credentialKey, executionId, path, attempt } as CredentialGrant;
  }

  /** The value as it was stored. */
  private open(organizationId: string, value: SealedValue): Promise<Buffer> {
    const { id, version, sealed, dataKeyVersion, keyEncryptionKeyId, wrapped } = value;
    const wrappedKey = { version: dataKeyVersion, keyEncryptionKeyId, wrapped };
    return this.dataKeys.unwrap(organizationId, wrappedKey, (key) =>
      unseal(key, sealed, valueBinding(organizationId, id, version)),
    );
  }

  /** Steps get the access token alone: what it was fetched with stays here. */
  private async accessToken(organizationId: string, id: string, data: Buffer): Promise<Buffer> {
    const values = JSON.parse(data.toString()) as OAuthData;
    const token = await this.freshToken.execute({ organizationId, id, data: values });
    const { accessToken, tokenType, expiresAt } = token;
    return Buffer.from(JSON.stringify({ accessToken, tokenType, ...(expiresAt && { expiresAt }) }));
  }
}

/** Triggers and integrations grant themselves what their sources and health checks need, and nobody else. */
function granterFor(service: ServiceName): ServiceName {
  return service === 'triggers' || service === 'integrations' ? service : 'executions';
}

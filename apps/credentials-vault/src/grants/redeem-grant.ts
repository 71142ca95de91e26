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
import { valueBinding } from '../credentials/credentials.repository.js';
import { DataKeys } from '../encryption/data-keys.js';
import { unseal } from '../encryption/sealed-bytes.js';
import { GrantsRepository, type SealedValue } from './grants.repository.js';
import { sealCredential } from './seal-credential.js';

/** Gives a worker the one credential that executions has granted it, readable by nobody between. */
@Injectable()
export class RedeemGrant {
  constructor(
    private readonly identity: Identity,
    private readonly grants: GrantsRepository,
    private readonly dataKeys: DataKeys,
  ) {}

  async execute(principal: Principal | null, { grant, publicKey }: RedeemGrantRequest): Promise<RedeemGrantReply> {
    if (principal?.kind !== 'service') throw new AppError('forbidden', 'Only services redeem grants.');
    // Triggers grants itself what the sources of its triggers need, and nobody else.
    const claims = await this.prove(grant, principal.service === 'triggers' ? 'triggers' : 'executions');
    if (principal.organizationId !== claims.organizationId)
      throw new AppError('forbidden', 'The grant belongs to another organization than the one who asks.');
    const value = await this.grants.take(claims, principal.service);
    if (!value) throw new AppError('credential_refused', `There is no credential '${claims.credentialKey}'.`);
    return { sealed: this.reseal(claims.organizationId, value, publicKey, grant) };
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

  private reseal(
    organizationId: string,
    value: SealedValue,
    publicKey: string,
    grant: string,
  ): RedeemGrantReply['sealed'] {
    const { id, type, version, sealed, dataKeyVersion, keyEncryptionKeyId, wrapped } = value;
    const wrappedKey = { version: dataKeyVersion, keyEncryptionKeyId, wrapped };
    return this.dataKeys.unwrap(organizationId, wrappedKey, (key) => {
      const data = unseal(key, sealed, valueBinding(organizationId, id, version));
      const plain = Buffer.concat([Buffer.from(`{"type":${JSON.stringify(type)},"data":`), data, Buffer.from('}')]);
      try {
        return sealCredential(plain, publicKey, grant);
      } finally {
        data.fill(0);
        plain.fill(0);
      }
    });
  }
}

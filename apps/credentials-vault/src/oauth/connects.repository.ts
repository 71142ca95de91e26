import { Injectable } from '@nestjs/common';
import { Database, Transactions } from '@rpa/platform';
import { DataKeys, type WrappedKey } from '../encryption/data-keys.js';
import { seal, unseal } from '../encryption/sealed-bytes.js';

interface Begun {
  stateHash: Buffer;
  organizationId: string;
  credentialId: string;
  userId: string;
  /** Of PKCE: what proves that who finishes is who began. */
  verifier: string;
}

/** Connections that somebody has begun, by the hash of their state. */
@Injectable()
export class ConnectsRepository {
  constructor(
    private readonly transactions: Transactions,
    private readonly database: Database,
    private readonly dataKeys: DataKeys,
  ) {}

  /** @returns when it is too late to finish */
  begin({ stateHash, organizationId, credentialId, userId, verifier }: Begun): Promise<Date> {
    return this.transactions.run(async (manager) => {
      const { sealed, version } = await this.dataKeys.withNewest(organizationId, (key, keyVersion) => ({
        sealed: seal(key, Buffer.from(verifier), bindingOf(organizationId, stateHash)),
        version: keyVersion,
      }));
      const [row] = await manager.query<{ expires_at: Date }[]>(
        `INSERT INTO credentials_vault.oauth_connects
           (state_hash, organization_id, credential_id, user_id, data_key_version, sealed, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, now() + interval '10 minutes') RETURNING expires_at`,
        [stateHash, organizationId, credentialId, userId, version, sealed],
      );
      if (!row) throw new Error('The connection was not stored.');
      return row.expires_at;
    });
  }

  /** Takes it out for good: a state works once. */
  async take(
    organizationId: string,
    userId: string,
    stateHash: Buffer,
  ): Promise<{ credentialId: string; verifier: string } | null> {
    const { rows } = await this.database.pool.query<WrappedKey & { credentialId: string; sealed: Buffer }>(
      `WITH taken AS (
         DELETE FROM credentials_vault.oauth_connects
          WHERE state_hash = $3 AND organization_id = $1 AND user_id = $2 AND expires_at > now() RETURNING *)
       SELECT t.credential_id AS "credentialId", t.sealed, k.version, k.wrapped,
              k.key_encryption_key_id AS "keyEncryptionKeyId"
         FROM taken t
         JOIN credentials_vault.data_keys k ON k.organization_id = t.organization_id AND k.version = t.data_key_version`,
      [organizationId, userId, stateHash],
    );
    const [row] = rows;
    if (!row) return null;
    const verifier = await this.dataKeys.unwrap(organizationId, row, (key) =>
      unseal(key, row.sealed, bindingOf(organizationId, stateHash)).toString(),
    );
    return { credentialId: row.credentialId, verifier };
  }

  /** What nobody finished, of whatever organization: age alone decides. */
  async forgetOld(): Promise<void> {
    await this.database.pool.query(
      `DELETE FROM credentials_vault.oauth_connects WHERE state_hash = ANY (ARRAY(
         SELECT state_hash FROM credentials_vault.oauth_connects WHERE expires_at < now() LIMIT 1000))`,
    );
  }
}

function bindingOf(organizationId: string, stateHash: Buffer): string[] {
  return ['oauth connect', organizationId, stateHash.toString('base64url')];
}

import { Injectable } from '@nestjs/common';
import { Database, Transactions } from '@rpa/platform';
import { tokenBinding } from '../encryption/bindings.js';
import { DataKeys, type WrappedKey } from '../encryption/data-keys.js';
import { seal, unseal } from '../encryption/sealed-bytes.js';
import type { OAuthToken } from './oauth-client.js';

/** Longer than a token endpoint may take: who holds the lease and dies blocks the others this long. */
const LEASE = '20 seconds';

interface SealedToken extends WrappedKey {
  generation: number;
  sealed: Buffer;
}

/** Tokens that were fetched with oauth2 credentials, encrypted like the credentials themselves. */
@Injectable()
export class OAuthTokensRepository {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
    private readonly dataKeys: DataKeys,
  ) {}

  async read(organizationId: string, credentialId: string): Promise<OAuthToken | null> {
    const { rows } = await this.database.pool.query<SealedToken>({
      name: 'read-oauth-token',
      text: `SELECT t.generation, t.sealed, k.version, k.key_encryption_key_id AS "keyEncryptionKeyId", k.wrapped
               FROM credentials_vault.oauth_tokens t
               JOIN credentials_vault.data_keys k
                 ON k.organization_id = t.organization_id AND k.version = t.data_key_version
              WHERE t.organization_id = $1 AND t.credential_id = $2`,
      values: [organizationId, credentialId],
    });
    const [row] = rows;
    if (!row) return null;
    return this.dataKeys.unwrap(organizationId, row, (key) => {
      const plain = unseal(key, row.sealed, tokenBinding(organizationId, credentialId, row.generation));
      try {
        return JSON.parse(plain.toString()) as OAuthToken;
      } finally {
        plain.fill(0);
      }
    });
  }

  /** One of all replicas may fetch a new token; held without a connection, since the other side may be slow. */
  async lease(organizationId: string, credentialId: string): Promise<boolean> {
    const { rowCount } = await this.database.pool.query(
      `INSERT INTO credentials_vault.oauth_tokens AS t (credential_id, organization_id, refreshing_until)
       VALUES ($2, $1, now() + interval '${LEASE}')
       ON CONFLICT (credential_id) DO UPDATE SET refreshing_until = excluded.refreshing_until
        WHERE t.organization_id = $1 AND (t.refreshing_until IS NULL OR t.refreshing_until < now())`,
      [organizationId, credentialId],
    );
    return rowCount === 1;
  }

  async release(organizationId: string, credentialId: string): Promise<void> {
    await this.database.pool.query(
      `UPDATE credentials_vault.oauth_tokens SET refreshing_until = NULL WHERE organization_id = $1 AND credential_id = $2`,
      [organizationId, credentialId],
    );
  }

  /** Stores a token before anybody uses it, and gives the lease back. */
  store(organizationId: string, credentialId: string, token: OAuthToken): Promise<void> {
    return this.transactions.run(async (manager) => {
      const [row] = await manager.query<{ generation: number }[]>(
        `INSERT INTO credentials_vault.oauth_tokens (credential_id, organization_id) VALUES ($2, $1)
         ON CONFLICT (credential_id) DO UPDATE SET updated_at = now() RETURNING generation`,
        [organizationId, credentialId],
      );
      const generation = (row?.generation ?? 0) + 1;
      const plain = Buffer.from(JSON.stringify(token));
      try {
        const { sealed, version } = await this.dataKeys.withNewest(organizationId, (key, keyVersion) => ({
          sealed: seal(key, plain, tokenBinding(organizationId, credentialId, generation)),
          version: keyVersion,
        }));
        await manager.query(
          `UPDATE credentials_vault.oauth_tokens
              SET generation = $3, data_key_version = $4, sealed = $5, refreshing_until = NULL
            WHERE organization_id = $1 AND credential_id = $2`,
          [organizationId, credentialId, generation, version, sealed],
        );
      } finally {
        plain.fill(0);
      }
    });
  }

  /** When the values change, what was fetched with the former ones is worth nothing; call it in their transaction. */
  async forget(organizationId: string, credentialId: string): Promise<void> {
    await this.transactions.manager.query(
      'DELETE FROM credentials_vault.oauth_tokens WHERE organization_id = $1 AND credential_id = $2',
      [organizationId, credentialId],
    );
  }
}

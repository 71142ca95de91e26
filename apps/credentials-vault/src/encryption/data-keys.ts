import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, Database, Transactions } from '@rpa/platform';
import type { CredentialsVaultConfig } from '../credentials-vault.config.js';
import { seal, unseal } from './sealed-bytes.js';

const KEY_BYTES = 32;
const FIRST_VERSION = 1;

interface WrappedKey {
  version: number;
  keyEncryptionKeyId: string;
  wrapped: Buffer;
}

/**
 * The data key of each organization, kept wrapped by the key-encryption key. A key is in the clear only while it is
 * used, and overwritten afterwards.
 */
@Injectable()
export class DataKeys {
  private readonly keyEncryptionKey: Buffer;
  private readonly keyEncryptionKeyId: string;

  constructor(
    @Inject(CONFIG) config: CredentialsVaultConfig,
    private readonly transactions: Transactions,
    private readonly database: Database,
  ) {
    this.keyEncryptionKey = Buffer.from(config.keyEncryptionKey, 'base64');
    this.keyEncryptionKeyId = createHash('sha256')
      .update('rpa vault key ')
      .update(this.keyEncryptionKey)
      .digest('hex')
      .slice(0, 16);
  }

  /** Refuses to go on with another key than the one that what is stored was wrapped with. */
  async checkKeyEncryptionKey(): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO credentials_vault.key_encryption_keys (id)
       SELECT $1 WHERE NOT EXISTS (SELECT 1 FROM credentials_vault.key_encryption_keys) ON CONFLICT DO NOTHING`,
      [this.keyEncryptionKeyId],
    );
    const { rows } = await this.database.pool.query<{ id: string }>(
      'SELECT id FROM credentials_vault.key_encryption_keys LIMIT 100',
    );
    if (rows.some(({ id }) => id === this.keyEncryptionKeyId)) return;
    throw new Error(
      `CREDENTIALS_VAULT_KEY is not the key that the stored credentials were encrypted with (expected id ${rows.map(({ id }) => id).join(', ')}, not ${this.keyEncryptionKeyId}). Give the service the former key.`,
    );
  }

  /** Lends the organization's newest data key, which is made when it has none. */
  async withNewest<T>(organizationId: string, use: (key: Buffer, version: number) => T): Promise<T> {
    const wrapped = (await this.newest(organizationId)) ?? (await this.make(organizationId));
    return this.unwrap(organizationId, wrapped, (key) => use(key, wrapped.version));
  }

  /** Lends a data key that has been read already. */
  unwrap<T>(organizationId: string, { version, keyEncryptionKeyId, wrapped }: WrappedKey, use: (key: Buffer) => T): T {
    const key = unseal(this.keyEncryptionKey, wrapped, binding(organizationId, version, keyEncryptionKeyId));
    try {
      return use(key);
    } finally {
      key.fill(0);
    }
  }

  private async newest(organizationId: string): Promise<WrappedKey | undefined> {
    const [row] = await this.transactions.manager.query<WrappedKey[]>(
      `SELECT version, key_encryption_key_id AS "keyEncryptionKeyId", wrapped FROM credentials_vault.data_keys
        WHERE organization_id = $1 ORDER BY version DESC LIMIT 1`,
      [organizationId],
    );
    return row;
  }

  private async make(organizationId: string): Promise<WrappedKey> {
    const key = randomBytes(KEY_BYTES);
    const wrapped = seal(this.keyEncryptionKey, key, binding(organizationId, FIRST_VERSION, this.keyEncryptionKeyId));
    key.fill(0);
    await this.transactions.manager.query(
      `INSERT INTO credentials_vault.data_keys (organization_id, version, key_encryption_key_id, wrapped)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [organizationId, FIRST_VERSION, this.keyEncryptionKeyId, wrapped],
    );
    const stored = await this.newest(organizationId);
    if (!stored) throw new Error('The data key was not stored.');
    return stored;
  }
}

function binding(organizationId: string, version: number, keyEncryptionKeyId: string): (string | number)[] {
  return ['data key', organizationId, version, keyEncryptionKeyId];
}

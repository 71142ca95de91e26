import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database, Transactions } from '@rpa/platform';
import { KeyRing } from './key-ring.js';

const KEY_BYTES = 32;

export interface WrappedKey {
  version: number;
  keyEncryptionKeyId: string;
  wrapped: Buffer;
}

const COLUMNS = 'version, key_encryption_key_id AS "keyEncryptionKeyId", wrapped';

/**
 * The data keys of each organization, kept wrapped by the key-encryption key. A key is in the clear only while it is
 * used, and overwritten afterwards.
 */
@Injectable()
export class DataKeys {
  constructor(
    private readonly ring: KeyRing,
    private readonly transactions: Transactions,
    private readonly database: Database,
  ) {}

  /** Refuses to go on when something stored was wrapped with a key that was not given. */
  async checkKeyEncryptionKey(): Promise<void> {
    const { rows } = await this.database.pool.query<{ id: string }>(
      `SELECT id FROM credentials_vault.key_encryption_keys k
        WHERE EXISTS (SELECT FROM credentials_vault.data_keys d WHERE d.key_encryption_key_id = k.id) OR k.id = ANY ($1)`,
      [this.ring.ids],
    );
    const unknown = rows.map(({ id }) => id).filter((id) => !this.ring.ids.includes(id));
    if (unknown.length > 0)
      throw new Error(
        `CREDENTIALS_VAULT_KEY is not the key that the stored credentials were encrypted with (expected id ${unknown.join(', ')}, not ${this.ring.newest.id}). Give the service the former key, in CREDENTIALS_VAULT_FORMER_KEYS if you mean to replace it.`,
      );
    await this.database.pool.query(
      'INSERT INTO credentials_vault.key_encryption_keys (id) VALUES ($1) ON CONFLICT DO NOTHING',
      [this.ring.newest.id],
    );
  }

  /**
   * Lends the organization's newest data key, which is made when it has none. Call it in a transaction: until its end
   * no newer key is made, so that a rotation misses nothing that was written with the former one.
   */
  async withNewest<T>(organizationId: string, use: (key: Buffer, version: number) => T): Promise<Awaited<T>> {
    await this.transactions.manager.query('SELECT pg_advisory_xact_lock_shared($1, hashtext($2))', [
      ROTATION_LOCK,
      organizationId,
    ]);
    const wrapped = (await this.newest(organizationId)) ?? (await this.make(organizationId, 1));
    return this.unwrap(organizationId, wrapped, (key) => use(key, wrapped.version));
  }

  /** Lends a data key that has been read already. */
  async unwrap<T>(organizationId: string, wrapped: WrappedKey, use: (key: Buffer) => T): Promise<Awaited<T>> {
    const { version, keyEncryptionKeyId } = wrapped;
    const encryption = this.ring.get(keyEncryptionKeyId);
    const key = await encryption.unwrap(wrapped.wrapped, dataKeyBinding(organizationId, version, keyEncryptionKeyId));
    try {
      return await use(key);
    } finally {
      key.fill(0);
    }
  }

  /** Makes the next data key, with which everything is encrypted from now on; call it in a transaction. */
  async makeNext(organizationId: string): Promise<number> {
    await this.transactions.manager.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [
      ROTATION_LOCK,
      organizationId,
    ]);
    const version = ((await this.newest(organizationId))?.version ?? 0) + 1;
    await this.make(organizationId, version);
    return version;
  }

  /** Wraps a data key with the newest key-encryption key. */
  async rewrap(organizationId: string, wrapped: WrappedKey): Promise<WrappedKey> {
    const { newest } = this.ring;
    const { version } = wrapped;
    const renewed = await this.unwrap(organizationId, wrapped, (key) =>
      newest.wrap(key, dataKeyBinding(organizationId, version, newest.id)),
    );
    return { version, keyEncryptionKeyId: newest.id, wrapped: renewed };
  }

  private async newest(organizationId: string): Promise<WrappedKey | undefined> {
    const [row] = await this.transactions.manager.query<WrappedKey[]>(
      `SELECT ${COLUMNS} FROM credentials_vault.data_keys WHERE organization_id = $1 ORDER BY version DESC LIMIT 1`,
      [organizationId],
    );
    return row;
  }

  private async make(organizationId: string, version: number): Promise<WrappedKey> {
    const { newest } = this.ring;
    const key = randomBytes(KEY_BYTES);
    const wrapped = await newest.wrap(key, dataKeyBinding(organizationId, version, newest.id));
    key.fill(0);
    await this.transactions.manager.query(
      `INSERT INTO credentials_vault.data_keys (organization_id, version, key_encryption_key_id, wrapped)
       VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`,
      [organizationId, version, newest.id, wrapped],
    );
    const stored = await this.newest(organizationId);
    if (!stored) throw new Error('The data key was not stored.');
    return stored;
  }
}

/** First half of the advisory lock on the data keys of one organization. */
const ROTATION_LOCK = 0x7661756c;

function dataKeyBinding(organizationId: string, version: number, keyEncryptionKeyId: string): (string | number)[] {
  return ['data key', organizationId, version, keyEncryptionKeyId];
}

import { Injectable } from '@nestjs/common';
import { Database, Transactions } from '@rpa/platform';
import type { WrappedKey } from '../encryption/data-keys.js';

/** Encrypted bytes under an older data key than the newest. */
export interface SealedRow extends WrappedKey {
  credentialId: string;
  sealed: Buffer;
}

export interface Rotation {
  organizationId: string;
  toVersion: number;
  total: number;
  startedAt: Date;
  finishedAt: Date | null;
}

/** Where encrypted bytes lie, and what they are bound to. */
export const SEALED_TABLES = {
  credential_versions: { place: 'version' },
  oauth_tokens: { place: 'generation' },
} as const;
export type SealedTable = keyof typeof SEALED_TABLES;

/** Keys and rotations. What goes on by itself after a start works through every organization. */
@Injectable()
export class RotationsRepository {
  constructor(
    private readonly transactions: Transactions,
    private readonly database: Database,
  ) {}

  async begin(organizationId: string, toVersion: number): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO credentials_vault.data_key_rotations (organization_id, to_version, total)
       SELECT $1, $2, (SELECT count(*) FROM credentials_vault.credential_versions WHERE organization_id = $1)
                    + (SELECT count(*) FROM credentials_vault.oauth_tokens WHERE organization_id = $1)`,
      [organizationId, toVersion],
    );
  }

  async latest(organizationId: string): Promise<Rotation | null> {
    const [row] = await this.transactions.manager.query<Rotation[]>(
      `SELECT organization_id AS "organizationId", to_version AS "toVersion", total, started_at AS "startedAt",
              finished_at AS "finishedAt"
         FROM credentials_vault.data_key_rotations WHERE organization_id = $1 ORDER BY to_version DESC LIMIT 1`,
      [organizationId],
    );
    return row ?? null;
  }

  async keyState(
    organizationId: string,
  ): Promise<{ version: number; createdAt: Date; keyEncryptionKeyId: string } | null> {
    const [row] = await this.transactions.manager.query<
      { version: number; createdAt: Date; keyEncryptionKeyId: string }[]
    >(
      `SELECT version, created_at AS "createdAt", key_encryption_key_id AS "keyEncryptionKeyId"
         FROM credentials_vault.data_keys WHERE organization_id = $1 ORDER BY version DESC LIMIT 1`,
      [organizationId],
    );
    return row ?? null;
  }

  async remaining(organizationId: string, toVersion: number): Promise<number> {
    const [row] = await this.transactions.manager.query<{ count: number }[]>(
      `SELECT ((SELECT count(*) FROM credentials_vault.credential_versions
                 WHERE organization_id = $1 AND data_key_version < $2)
             + (SELECT count(*) FROM credentials_vault.oauth_tokens
                 WHERE organization_id = $1 AND data_key_version < $2))::int AS count`,
      [organizationId, toVersion],
    );
    return row?.count ?? 0;
  }

  /** Rows that are still under an older key; locked until the transaction ends, those that others hold are left to them. */
  takeOld(
    table: SealedTable,
    organizationId: string,
    toVersion: number,
    limit: number,
  ): Promise<(SealedRow & { place: number })[]> {
    return this.transactions.manager.query(
      `SELECT v.credential_id AS "credentialId", v.${SEALED_TABLES[table].place} AS place, v.sealed,
              k.version, k.key_encryption_key_id AS "keyEncryptionKeyId", k.wrapped
         FROM credentials_vault.${table} v
         JOIN credentials_vault.data_keys k ON k.organization_id = v.organization_id AND k.version = v.data_key_version
        WHERE v.organization_id = $1 AND v.data_key_version < $2
        LIMIT $3 FOR UPDATE OF v SKIP LOCKED`,
      [organizationId, toVersion, limit],
    );
  }

  async putNew(
    table: SealedTable,
    organizationId: string,
    toVersion: number,
    rows: { credentialId: string; place: number; sealed: Buffer }[],
  ): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE credentials_vault.${table} v SET sealed = n.sealed, data_key_version = $2
         FROM unnest($3::uuid[], $4::int[], $5::bytea[]) AS n (credential_id, place, sealed)
        WHERE v.organization_id = $1 AND v.credential_id = n.credential_id AND v.${SEALED_TABLES[table].place} = n.place`,
      [
        organizationId,
        toVersion,
        rows.map((row) => row.credentialId),
        rows.map((row) => row.place),
        rows.map((row) => row.sealed),
      ],
    );
  }

  /** Keys that open nothing any more are destroyed. */
  async finish(organizationId: string, toVersion: number): Promise<void> {
    await this.transactions.manager.query(
      'DELETE FROM credentials_vault.data_keys WHERE organization_id = $1 AND version < $2',
      [organizationId, toVersion],
    );
    await this.transactions.manager.query(
      `UPDATE credentials_vault.data_key_rotations SET finished_at = now()
        WHERE organization_id = $1 AND to_version <= $2 AND finished_at IS NULL`,
      [organizationId, toVersion],
    );
  }

  /** Rotations that were begun and not finished, of whatever organization: after a restart they go on. */
  async unfinished(): Promise<{ organizationId: string; toVersion: number }[]> {
    const { rows } = await this.database.pool.query<{ organizationId: string; toVersion: number }>(
      `SELECT organization_id AS "organizationId", max(to_version) AS "toVersion"
         FROM credentials_vault.data_key_rotations WHERE finished_at IS NULL GROUP BY organization_id LIMIT 100`,
    );
    return rows;
  }

  /** Data keys under another key-encryption key than the newest, of whatever organization. */
  takeWrappedByOthers(newestId: string, limit: number): Promise<(WrappedKey & { organizationId: string })[]> {
    return this.transactions.manager.query(
      `SELECT organization_id AS "organizationId", version, key_encryption_key_id AS "keyEncryptionKeyId", wrapped
         FROM credentials_vault.data_keys WHERE key_encryption_key_id <> $1
        ORDER BY organization_id, version LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [newestId, limit],
    );
  }

  async putRewrapped(keys: (WrappedKey & { organizationId: string })[]): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE credentials_vault.data_keys k SET wrapped = n.wrapped, key_encryption_key_id = n.id
         FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bytea[]) AS n (organization_id, version, id, wrapped)
        WHERE k.organization_id = n.organization_id AND k.version = n.version`,
      [
        keys.map((key) => key.organizationId),
        keys.map((key) => key.version),
        keys.map((key) => key.keyEncryptionKeyId),
        keys.map((key) => key.wrapped),
      ],
    );
  }

  /** Of the whole installation. */
  async countWrappedByOthers(newestId: string): Promise<number> {
    const { rows } = await this.database.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM credentials_vault.data_keys WHERE key_encryption_key_id <> $1',
      [newestId],
    );
    return rows[0]?.count ?? 0;
  }
}

import { Injectable } from '@nestjs/common';
import { AppError, type JsonObject, type ListCredentialsRequest } from '@rpa/contracts';
import { CredentialEntity } from '@rpa/entities/credentials-vault';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { DataKeys } from '../encryption/data-keys.js';
import { seal } from '../encryption/sealed-bytes.js';

/** Former values kept beside the newest ones. */
const KEPT_VERSIONS = 10;

@Injectable()
export class CredentialsRepository {
  private readonly rows: TenantRepository<CredentialEntity>;

  constructor(
    private readonly transactions: Transactions,
    private readonly dataKeys: DataKeys,
  ) {
    this.rows = new TenantRepository(transactions, CredentialEntity, 'credential');
  }

  get(organizationId: string, id: string): Promise<CredentialEntity> {
    return this.rows.get(organizationId, id);
  }

  page(organizationId: string, { type, ...page }: ListCredentialsRequest): Promise<Page<CredentialEntity>> {
    return this.rows.page(organizationId, type ? { type } : {}, page);
  }

  async insert(
    organizationId: string,
    row: Pick<CredentialEntity, 'id' | 'name' | 'key' | 'type'>,
    data: JsonObject,
  ): Promise<CredentialEntity> {
    const credential = await this.rows.insert(organizationId, { ...row, fields: Object.keys(data), version: 1 });
    await this.writeVersion(organizationId, row.id, 1, data);
    return credential;
  }

  /** Replaces the values by a new version; the row stays locked until the transaction ends. */
  async replaceData(organizationId: string, id: string, data: JsonObject): Promise<void> {
    const [rows] = await this.transactions.manager.query<[{ version: number }[], number]>(
      `UPDATE credentials_vault.credentials SET version = version + 1, fields = $3, updated_at = now()
        WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING version`,
      [organizationId, id, Object.keys(data)],
    );
    const version = rows[0]?.version;
    if (version === undefined) throw new AppError('not_found', 'There is no credential with this id.');
    await this.writeVersion(organizationId, id, version, data);
    await this.transactions.manager.query(
      `DELETE FROM credentials_vault.credential_versions
        WHERE credential_id = $1 AND organization_id = $2 AND version < $3`,
      [id, organizationId, version - KEPT_VERSIONS],
    );
  }

  rename(organizationId: string, id: string, name: string): Promise<void> {
    return this.rows.update(organizationId, id, { name });
  }

  softDelete(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  restore(organizationId: string, id: string): Promise<CredentialEntity> {
    return this.rows.restore(organizationId, id);
  }

  /** Those of the keys that the organization has. */
  async knownKeys(organizationId: string, keys: string[]): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ key: string }[]>(
      `SELECT key FROM credentials_vault.credentials
        WHERE organization_id = $1 AND key = ANY ($2) AND deleted_at IS NULL`,
      [organizationId, keys],
    );
    return rows.map((row) => row.key);
  }

  private async writeVersion(organizationId: string, id: string, version: number, data: JsonObject): Promise<void> {
    const plain = Buffer.from(JSON.stringify(data));
    try {
      await this.dataKeys.withNewest(organizationId, (key, dataKeyVersion) =>
        this.transactions.manager.query(
          `INSERT INTO credentials_vault.credential_versions
             (credential_id, version, organization_id, data_key_version, sealed) VALUES ($1, $2, $3, $4, $5)`,
          [id, version, organizationId, dataKeyVersion, seal(key, plain, valueBinding(organizationId, id, version))],
        ),
      );
    } finally {
      plain.fill(0);
    }
  }
}

/** What encrypted values are bound to: they open as this version of this credential of this organization only. */
export function valueBinding(organizationId: string, credentialId: string, version: number): (string | number)[] {
  return ['credential', organizationId, credentialId, version];
}

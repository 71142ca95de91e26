import { Injectable } from '@nestjs/common';
import { AppError, type CredentialVersionView, type JsonObject, type ListCredentialsRequest } from '@rpa/contracts';
import { CredentialEntity } from '@rpa/entities/credentials-vault';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { valueBinding } from '../encryption/bindings.js';
import { DataKeys, type WrappedKey } from '../encryption/data-keys.js';
import { seal, unseal } from '../encryption/sealed-bytes.js';

/** Former values kept beside the newest ones. */
const KEPT_VERSIONS = 10;

type NewCredential = Pick<CredentialEntity, 'id' | 'name' | 'key' | 'type' | 'sharedRoles' | 'createdBy'>;

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

  async insert(organizationId: string, row: NewCredential, data: JsonObject): Promise<CredentialEntity> {
    const credential = await this.rows.insert(organizationId, { ...row, fields: Object.keys(data), version: 1 });
    await this.writeVersion(organizationId, row.id, 1, data, row.createdBy);
    return credential;
  }

  /** Replaces the values by a new version; the row stays locked until the transaction ends. */
  async replaceData(organizationId: string, id: string, data: JsonObject, by: string): Promise<void> {
    const [rows] = await this.transactions.manager.query<[{ version: number }[], number]>(
      `UPDATE credentials_vault.credentials SET version = version + 1, fields = $3, updated_at = now()
        WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL RETURNING version`,
      [organizationId, id, Object.keys(data)],
    );
    const version = rows[0]?.version;
    if (version === undefined) throw new AppError('not_found', 'There is no credential with this id.');
    await this.writeVersion(organizationId, id, version, data, by);
    await this.transactions.manager.query(
      `DELETE FROM credentials_vault.credential_versions
        WHERE credential_id = $1 AND organization_id = $2 AND version < $3`,
      [id, organizationId, version - KEPT_VERSIONS],
    );
  }

  change(organizationId: string, id: string, change: { name?: string; sharedRoles?: string[] | null }): Promise<void> {
    return this.rows.update(organizationId, id, change);
  }

  softDelete(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  restore(organizationId: string, id: string): Promise<CredentialEntity> {
    return this.rows.restore(organizationId, id);
  }

  /** Those of the keys that the organization has, with whom they are shared. */
  known(
    organizationId: string,
    keys: string[],
  ): Promise<Pick<CredentialEntity, 'key' | 'sharedRoles' | 'createdBy'>[]> {
    return this.transactions.manager.query(
      `SELECT key, shared_roles AS "sharedRoles", created_by AS "createdBy" FROM credentials_vault.credentials
        WHERE organization_id = $1 AND key = ANY ($2) AND deleted_at IS NULL`,
      [organizationId, keys],
    );
  }

  async versions(organizationId: string, id: string): Promise<Omit<CredentialVersionView, 'current'>[]> {
    const rows = await this.transactions.manager.query<
      { version: number; fields: string[]; createdBy: string; createdAt: Date }[]
    >(
      `SELECT version, fields, created_by AS "createdBy", created_at AS "createdAt"
         FROM credentials_vault.credential_versions WHERE organization_id = $1 AND credential_id = $2
        ORDER BY version DESC LIMIT ${KEPT_VERSIONS + 1}`,
      [organizationId, id],
    );
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  }

  /** Opens the values of a version for the vault's own use; whoever calls it records why. */
  async open(organizationId: string, id: string, version: number): Promise<JsonObject> {
    const [row] = await this.transactions.manager.query<(WrappedKey & { sealed: Buffer })[]>(
      `SELECT v.sealed, k.version, k.key_encryption_key_id AS "keyEncryptionKeyId", k.wrapped
         FROM credentials_vault.credential_versions v
         JOIN credentials_vault.data_keys k ON k.organization_id = v.organization_id AND k.version = v.data_key_version
        WHERE v.organization_id = $1 AND v.credential_id = $2 AND v.version = $3`,
      [organizationId, id, version],
    );
    if (!row) throw new AppError('not_found', `The credential has no version ${version} any more.`);
    return this.dataKeys.unwrap(organizationId, row, (key) => {
      const plain = unseal(key, row.sealed, valueBinding(organizationId, id, version));
      try {
        return JSON.parse(plain.toString()) as JsonObject;
      } finally {
        plain.fill(0);
      }
    });
  }

  private async writeVersion(
    organizationId: string,
    id: string,
    version: number,
    data: JsonObject,
    by: string,
  ): Promise<void> {
    const plain = Buffer.from(JSON.stringify(data));
    try {
      await this.dataKeys.withNewest(organizationId, (key, dataKeyVersion) =>
        this.transactions.manager.query(
          `INSERT INTO credentials_vault.credential_versions
             (credential_id, version, organization_id, data_key_version, sealed, fields, created_by)
           VALUES ($1, $2, $3, $4, $5, $6, $7)`,
          [
            id,
            version,
            organizationId,
            dataKeyVersion,
            seal(key, plain, valueBinding(organizationId, id, version)),
            Object.keys(data),
            by,
          ],
        ),
      );
    } finally {
      plain.fill(0);
    }
  }
}

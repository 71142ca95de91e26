import { Injectable } from '@nestjs/common';
import type { CredentialGrant, ServiceName } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';

export interface SealedValue {
  id: string;
  type: string;
  version: number;
  sealed: Buffer;
  dataKeyVersion: number;
  keyEncryptionKeyId: string;
  wrapped: Buffer;
}

@Injectable()
export class GrantsRepository {
  constructor(private readonly database: Database) {}

  /** Reads the encrypted values and writes the audit row in one statement: no value without its row. */
  async take(grant: CredentialGrant, service: ServiceName): Promise<SealedValue | null> {
    const { rows } = await this.database.pool.query<SealedValue>({
      name: 'take-credential',
      text: `
        WITH found AS (
          SELECT c.id, c.type, c.version, v.sealed, k.version AS "dataKeyVersion",
                 k.key_encryption_key_id AS "keyEncryptionKeyId", k.wrapped
            FROM credentials_vault.credentials c
            JOIN credentials_vault.credential_versions v ON v.credential_id = c.id AND v.version = c.version
            JOIN credentials_vault.data_keys k
              ON k.organization_id = c.organization_id AND k.version = v.data_key_version
           WHERE c.organization_id = $1 AND c.key = $2 AND c.deleted_at IS NULL
        ), used AS (
          INSERT INTO credentials_vault.credential_uses
            (id, organization_id, credential_id, version, service, execution_id, path, attempt)
          SELECT $3, $1, found.id, found.version, $4, $5, $6, $7 FROM found
        )
        SELECT * FROM found`,
      values: [
        grant.organizationId,
        grant.credentialKey,
        uuidv7(),
        service,
        grant.executionId,
        grant.path,
        grant.attempt,
      ],
    });
    return rows[0] ?? null;
  }
}

import { Injectable } from '@nestjs/common';
import type { CredentialGrant, ServiceName } from '@rpa/contracts';
import { Audit, Database } from '@rpa/platform';
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
  constructor(
    private readonly database: Database,
    private readonly audit: Audit,
  ) {}

  /** Reads the encrypted values and writes down their use and the audit entry in one statement: no value without them. */
  async take(grant: CredentialGrant, service: ServiceName): Promise<SealedValue | null> {
    const draft = this.audit.draft({
      action: 'credential.used',
      organizationId: grant.organizationId,
      resource: { type: 'credential', id: '-' },
    });
    const { rows } = await this.database.pool.query<SealedValue>({
      name: 'take-credential',
      text: `
        WITH found AS (
          SELECT c.id, c.name, c.type, c.version, v.sealed, k.version AS "dataKeyVersion",
                 k.key_encryption_key_id AS "keyEncryptionKeyId", k.wrapped
            FROM credentials_vault.credentials c
            JOIN credentials_vault.credential_versions v ON v.credential_id = c.id AND v.version = c.version
            JOIN credentials_vault.data_keys k
              ON k.organization_id = c.organization_id AND k.version = v.data_key_version
           WHERE c.organization_id = $1::uuid AND c.key = $2 AND c.deleted_at IS NULL
        ), used AS (
          INSERT INTO credentials_vault.credential_uses
            (id, organization_id, credential_id, version, service, execution_id, path, attempt)
          SELECT $3::uuid, $1::uuid, found.id, found.version, $4::text, $5::uuid, $6::text, $7::int FROM found
        ), audited AS (
          INSERT INTO credentials_vault.audit_outbox (id, organization_id, entry)
          SELECT $8::uuid, $1::uuid, json_strip_nulls(json_build_object(
                   'id', $8::uuid, 'organizationId', $1::uuid, 'at', $9::json->'at', 'action', $9::json->'action',
                   'actor', $9::json->'actor', 'traceId', $9::json->'traceId',
                   'resource', json_build_object('type', 'credential', 'id', found.id, 'name', found.name),
                   'after', json_build_object('version', found.version, 'executionId', $5::uuid, 'path', $6::text,
                                              'attempt', $7::int)))
            FROM found
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
        draft.id,
        draft.entry,
      ],
    });
    return rows[0] ?? null;
  }
}

import type { CredentialHealth, CredentialType, CredentialView } from '@rpa/contracts';
import type { CredentialEntity } from '@rpa/entities/credentials-vault';

export function toView(row: CredentialEntity, health: CredentialHealth | null = null): CredentialView {
  return {
    id: row.id,
    name: row.name,
    key: row.key,
    type: row.type as CredentialType,
    fields: row.fields,
    version: row.version,
    sharedRoles: row.sharedRoles,
    health,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What the audit log tells of a credential. */
export function toAudited({ name, key, type, fields, version, sharedRoles }: CredentialEntity): object {
  return { name, key, type, fields, version, sharedRoles };
}

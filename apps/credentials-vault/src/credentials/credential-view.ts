import type { CredentialType, CredentialView } from '@rpa/contracts';
import type { CredentialEntity } from '@rpa/entities/credentials-vault';

export function toView(row: CredentialEntity): CredentialView {
  return {
    id: row.id,
    name: row.name,
    key: row.key,
    type: row.type as CredentialType,
    fields: row.fields,
    version: row.version,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

import { Injectable } from '@nestjs/common';
import type { CredentialHealth } from '@rpa/contracts';
import { Database, Transactions } from '@rpa/platform';

interface HealthRow {
  credentialId: string;
  status: CredentialHealth['status'];
  message: string | null;
  checkedAt: Date;
}

/** What is known about whether a credential works: from tests and from fetching tokens. */
@Injectable()
export class CredentialHealthRepository {
  constructor(
    private readonly database: Database,
    private readonly transactions: Transactions,
  ) {}

  /** Apart from any transaction that runs: also what fails is noted. */
  async write(
    organizationId: string,
    credentialId: string,
    status: CredentialHealth['status'],
    message: string | null,
  ): Promise<void> {
    await this.database.pool.query(
      `INSERT INTO credentials_vault.credential_health AS h (credential_id, organization_id, status, message)
       VALUES ($2, $1, $3, $4)
       ON CONFLICT (credential_id) DO UPDATE
         SET status = excluded.status, message = excluded.message, checked_at = now() WHERE h.organization_id = $1`,
      [organizationId, credentialId, status, message?.slice(0, 500) ?? null],
    );
  }

  /** By credential. */
  async read(organizationId: string, credentialIds: string[]): Promise<Map<string, CredentialHealth>> {
    const rows = await this.transactions.manager.query<HealthRow[]>(
      `SELECT credential_id AS "credentialId", status, message, checked_at AS "checkedAt"
         FROM credentials_vault.credential_health WHERE organization_id = $1 AND credential_id = ANY ($2::uuid[])`,
      [organizationId, credentialIds],
    );
    return new Map(
      rows.map(({ credentialId, status, message, checkedAt }) => [
        credentialId,
        { status, message, checkedAt: checkedAt.toISOString() },
      ]),
    );
  }

  /** Call it in the transaction that changes the values. */
  async forget(organizationId: string, credentialId: string): Promise<void> {
    await this.transactions.manager.query(
      'DELETE FROM credentials_vault.credential_health WHERE organization_id = $1 AND credential_id = $2',
      [organizationId, credentialId],
    );
  }
}

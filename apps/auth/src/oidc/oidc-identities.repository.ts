import { Injectable } from '@nestjs/common';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

/** Which user of ours is whom at a provider. */
@Injectable()
export class OidcIdentitiesRepository {
  constructor(private readonly transactions: Transactions) {}

  async findUser(organizationId: string, providerId: string, subject: string): Promise<string | null> {
    const rows = await this.transactions.manager.query<{ userId: string }[]>(
      `SELECT user_id AS "userId" FROM auth.oidc_identities
        WHERE organization_id = $1 AND provider_id = $2 AND subject = $3`,
      [organizationId, providerId, subject],
    );
    return rows[0]?.userId ?? null;
  }

  async findUserByEmail(organizationId: string, email: string): Promise<string | null> {
    const rows = await this.transactions.manager.query<{ id: string }[]>(
      'SELECT id FROM auth.users WHERE organization_id = $1 AND email = $2 AND deleted_at IS NULL',
      [organizationId, email],
    );
    return rows[0]?.id ?? null;
  }

  async link(organizationId: string, userId: string, providerId: string, subject: string): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO auth.oidc_identities (id, organization_id, user_id, provider_id, subject) VALUES ($1, $2, $3, $4, $5)`,
      [newId(), organizationId, userId, providerId, subject],
    );
  }
}

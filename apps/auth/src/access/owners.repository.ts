import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';

/** Sees to it that an organization never loses its last owner. */
@Injectable()
export class OwnersRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Changes of owners come one after the other; take it first in a transaction. */
  async lock(organizationId: string): Promise<void> {
    await this.transactions.manager.query('SELECT id FROM auth.organizations WHERE organization_id = $1 FOR UPDATE', [
      organizationId,
    ]);
  }

  /** Call it after the change, before the commit. @throws `conflict` when nobody is left who is active and an owner */
  async assertSomeLeft(organizationId: string): Promise<void> {
    const left = await this.transactions.manager.query<object[]>(
      `SELECT 1 FROM auth.user_roles r
         JOIN auth.users u ON u.organization_id = r.organization_id AND u.id = r.user_id
        WHERE r.organization_id = $1 AND r.role_key = 'owner' AND r.deleted_at IS NULL
          AND u.deleted_at IS NULL AND u.deactivated_at IS NULL
        LIMIT 1`,
      [organizationId],
    );
    if (left.length === 0)
      throw new AppError('conflict', 'The organization needs an active owner: make somebody else one first.');
  }
}

import { Injectable } from '@nestjs/common';
import { InvitationEntity } from '@rpa/entities/auth';
import { TenantRepository, Transactions } from '@rpa/platform';

@Injectable()
export class InvitationsRepository extends TenantRepository<InvitationEntity> {
  constructor(private readonly running: Transactions) {
    super(running, InvitationEntity, 'invitation');
  }

  /** A new invitation takes the place of the one before. */
  async withdraw(organizationId: string, email: string): Promise<void> {
    await this.running.manager.query(
      'UPDATE auth.invitations SET deleted_at = now() WHERE organization_id = $1 AND email = $2 AND deleted_at IS NULL',
      [organizationId, email],
    );
  }
}

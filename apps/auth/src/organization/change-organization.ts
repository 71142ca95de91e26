import { Injectable } from '@nestjs/common';
import {
  AppError,
  type OrganizationSettings,
  type UpdateOrganizationRequest,
  type UserPrincipal,
} from '@rpa/contracts';
import { OrganizationEntity } from '@rpa/entities/auth';
import { Audit, TenantRepository, Transactions } from '@rpa/platform';
import { policyOf } from '../accounts/account.js';

@Injectable()
export class ChangeOrganization {
  private readonly organizations: TenantRepository<OrganizationEntity>;

  constructor(
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {
    this.organizations = new TenantRepository(transactions, OrganizationEntity, 'organization');
  }

  async read(organizationId: string): Promise<OrganizationSettings> {
    return toSettings(await this.organizations.get(organizationId, organizationId));
  }

  async update(actor: UserPrincipal, request: UpdateOrganizationRequest): Promise<OrganizationSettings> {
    const { organizationId } = actor;
    return this.transactions.run(async () => {
      const row = await this.organizations.get(organizationId, organizationId);
      const before = toSettings(row);
      const name = request.name?.trim() ?? row.name;
      if (!name) throw new AppError('validation_failed', 'The name is empty.');
      const security = { ...row.security, ...definedOf(request.security ?? {}) };
      await this.organizations.update(organizationId, organizationId, { name, security });
      const after = toSettings({ ...row, name, security });
      const resource = { type: 'organization', id: organizationId, name };
      await this.audit.record({ action: 'organization.updated', resource, before, after });
      return after;
    });
  }
}

function toSettings({ id, name, slug, security, createdAt }: OrganizationEntity): OrganizationSettings {
  return { id, name, slug, security: policyOf(security), createdAt: createdAt.toISOString() };
}

function definedOf(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

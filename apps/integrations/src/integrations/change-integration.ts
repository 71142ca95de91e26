import { Injectable } from '@nestjs/common';
import type { IntegrationEntity } from '@rpa/entities/integrations';
import { Audit, Transactions } from '@rpa/platform';
import { toAudited } from './integration-view.js';
import { IntegrationsRepository } from './integrations.repository.js';

type Change = Parameters<IntegrationsRepository['change']>[3];

/** Every change of an integration, together with what the audit log says about it. */
@Injectable()
export class ChangeIntegration {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  insert(organizationId: string, row: Parameters<IntegrationsRepository['insert']>[1]): Promise<IntegrationEntity> {
    return this.transactions.run(async () => {
      const created = await this.integrations.insert(organizationId, row);
      await this.record('integration.created', null, created);
      return created;
    });
  }

  change(
    organizationId: string,
    former: IntegrationEntity,
    revision: number,
    change: Change,
    action: 'integration.updated' | 'integration.toggled',
  ): Promise<IntegrationEntity> {
    return this.transactions.run(async () => {
      const changed = await this.integrations.change(organizationId, former.id, revision, change);
      await this.record(action, former, changed);
      return changed;
    });
  }

  delete(organizationId: string, id: string): Promise<void> {
    return this.transactions.run(async () => {
      const former = await this.integrations.get(organizationId, id);
      await this.integrations.softDelete(organizationId, id);
      await this.record('integration.deleted', former, null);
    });
  }

  restore(organizationId: string, id: string): Promise<IntegrationEntity> {
    return this.transactions.run(async () => {
      const restored = await this.integrations.restore(organizationId, id);
      await this.record('integration.restored', null, restored);
      return restored;
    });
  }

  /** Somebody had a system asked how it is. */
  checked(
    { id, name }: IntegrationEntity,
    action: 'integration.checked' | 'integration.tested',
    result: object,
  ): Promise<void> {
    const resource = { type: 'integration', id, name };
    return this.transactions.run(() => this.audit.record({ action, resource, after: result }));
  }

  private async record(
    action: string,
    before: IntegrationEntity | null,
    after: IntegrationEntity | null,
  ): Promise<void> {
    const row = after ?? before;
    if (!row) return;
    await this.audit.record({
      action,
      resource: { type: 'integration', id: row.id, name: row.name },
      before: before && toAudited(before),
      after: after && toAudited(after),
    });
  }
}

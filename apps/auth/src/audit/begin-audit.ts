import { Injectable } from '@nestjs/common';
import type { AuditActor } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { AppendAudit } from './append-audit.js';

/** The chain of the installation itself; its first record tells that the log has begun. */
const INSTALLATION = '00000000-0000-0000-0000-000000000000';
const SYSTEM: AuditActor = { kind: 'service', id: 'auth' };

/**
 * Gives an organization its chain when it is made. A chain that is missing later was removed, and shows as a gap; so
 * organizations from before there was a log get theirs once, at the first start with it.
 */
@Injectable()
export class BeginAudit {
  constructor(
    private readonly audit: AppendAudit,
    private readonly transactions: Transactions,
  ) {}

  /** Call it in the transaction that creates the organization. */
  async forOrganization(id: string, name: string, actor: AuditActor = SYSTEM): Promise<void> {
    await this.begin(id, 'organization.created', actor, { type: 'organization', id, name });
  }

  async forInstallation(): Promise<void> {
    await this.transactions.run(async (manager) => {
      await manager.query("SELECT pg_advisory_xact_lock(hashtext('rpa audit begins'))");
      const begun = await manager.query<object[]>('SELECT FROM auth.audit_heads WHERE organization_id = $1', [
        INSTALLATION,
      ]);
      if (begun.length > 0) return;
      const organizations = await manager.query<{ id: string; name: string }[]>(
        'SELECT id, name FROM auth.organizations ORDER BY id',
      );
      const resource = { type: 'installation', id: INSTALLATION };
      await this.begin(INSTALLATION, 'audit.started', SYSTEM, resource);
      for (const { id, name } of organizations)
        await this.begin(id, 'audit.started', SYSTEM, { type: 'organization', id, name });
    });
  }

  private begin(
    organizationId: string,
    action: string,
    actor: AuditActor,
    resource: { type: string; id: string; name?: string },
  ): Promise<void> {
    const at = new Date().toISOString();
    return this.audit.begin(organizationId, { id: newId(), organizationId, at, action, actor, resource });
  }
}

import { Injectable } from '@nestjs/common';
import type { CredentialEntity } from '@rpa/entities/credentials-vault';
import type { CredentialView, Principal } from '@rpa/contracts';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { CredentialHealthRepository } from './credential-health.repository.js';
import { toAudited, toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared } from './sharing.js';

/** What every change of one credential has in common: who may, one transaction, and what the audit log says. */
@Injectable()
export class ChangeCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly health: CredentialHealthRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  execute(
    principal: Principal | null,
    id: string,
    action: string,
    change: (organizationId: string, before: CredentialEntity) => Promise<void>,
  ): Promise<CredentialView> {
    const organizationId = organizationOf(principal);
    return this.transactions.run(async () => {
      const before = await this.credentials.get(organizationId, id);
      assertShared(before, principal);
      await change(organizationId, before);
      const after = await this.credentials.get(organizationId, id);
      await this.audit.record({
        action,
        resource: { type: 'credential', id, name: after.name },
        before: toAudited(before),
        after: toAudited(after),
      });
      return toView(after, (await this.health.read(organizationId, [id])).get(id) ?? null);
    });
  }
}

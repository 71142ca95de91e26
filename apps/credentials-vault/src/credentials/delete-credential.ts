import { Injectable } from '@nestjs/common';
import type { CredentialView, DoneReply, Principal } from '@rpa/contracts';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { toAudited, toView } from './credential-view.js';
import { CredentialsRepository } from './credentials.repository.js';
import { assertShared } from './sharing.js';

/** Deletes a credential softly, and brings it back. */
@Injectable()
export class DeleteCredential {
  constructor(
    private readonly credentials: CredentialsRepository,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  execute(principal: Principal | null, id: string): Promise<DoneReply> {
    const organizationId = organizationOf(principal);
    return this.transactions.run(async () => {
      const credential = await this.credentials.get(organizationId, id);
      assertShared(credential, principal);
      await this.credentials.softDelete(organizationId, id);
      await this.audit.record({
        action: 'credential.deleted',
        resource: { type: 'credential', id, name: credential.name },
        before: toAudited(credential),
      });
      return {};
    });
  }

  restore(principal: Principal | null, id: string): Promise<CredentialView> {
    return this.transactions.run(async () => {
      const credential = await this.credentials.restore(organizationOf(principal), id);
      assertShared(credential, principal);
      await this.audit.record({
        action: 'credential.restored',
        resource: { type: 'credential', id, name: credential.name },
        after: toAudited(credential),
      });
      return toView(credential);
    });
  }
}

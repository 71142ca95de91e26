import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { IssuePasswordResetReply, UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { assertMayManage } from '../access/rank.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { ResetLinks } from './reset-links.js';

/** An administrator makes a reset link and hands it on. */
@Injectable()
export class IssuePasswordReset {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly links: ResetLinks,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(actor: UserPrincipal, userId: string): Promise<IssuePasswordResetReply> {
    // One's own takes the password.
    if (actor.userId === userId) throw new AppError('forbidden', 'Change your own password at /auth/password/change.');
    const target = await this.accounts.get(actor.organizationId, userId);
    assertMayManage(actor, target);
    return this.transactions.run(async () => {
      const resource = { type: 'user', id: userId, name: target.email };
      await this.audit.record({ action: 'password_reset.issued', resource });
      return this.links.make(actor.organizationId, userId);
    });
  }
}

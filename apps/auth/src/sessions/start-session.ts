import { Injectable } from '@nestjs/common';
import type { SessionView } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { policyOf, type Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { IssueTokens } from './issue-tokens.js';
import { SessionsRepository } from './sessions.repository.js';

/** Signs a user in on one client; the oldest sessions beyond what the organization allows end. */
@Injectable()
export class StartSession {
  constructor(
    private readonly issueTokens: IssueTokens,
    private readonly sessions: SessionsRepository,
    private readonly accounts: AccountsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async execute(account: Account, client: ClientRef): Promise<SessionView> {
    const organizationId = account.organization.id;
    const { session, ended } = await this.transactions.run(async () => {
      const session = await this.issueTokens.forNewSession(account, client);
      const { maxSessions } = policyOf(account.security);
      const ended = await this.sessions.endOldest(organizationId, account.userId, maxSessions);
      await this.accounts.loggedIn(organizationId, account.userId);
      await this.audit.record({
        action: 'session.opened',
        organizationId,
        actor: { kind: 'user', id: account.userId },
        resource: { type: 'user', id: account.userId, name: account.email },
      });
      return { session, ended };
    });
    this.changes.tell(organizationId, 'session', ended);
    return session;
  }
}

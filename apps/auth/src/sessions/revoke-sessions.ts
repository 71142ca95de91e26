import { Injectable } from '@nestjs/common';
import { AppError, type DoneReply, type UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { assertMayManage } from '../access/rank.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { SessionsRepository } from './sessions.repository.js';

/** Ends sessions on purpose: one's own, or those of a user whom one may manage. */
@Injectable()
export class RevokeSessions {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly accounts: AccountsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  /** @throws `not_found` unless it is an open session of the one who asks */
  async one(user: UserPrincipal, id: string): Promise<DoneReply> {
    return this.end(user.organizationId, user.userId, { only: id });
  }

  others(user: UserPrincipal): Promise<DoneReply> {
    return this.end(user.organizationId, user.userId, { except: user.sessionId });
  }

  async ofUser(actor: UserPrincipal, userId: string): Promise<DoneReply> {
    const target = await this.accounts.get(actor.organizationId, userId);
    assertMayManage(actor, target);
    return this.end(actor.organizationId, userId, {});
  }

  private async end(
    organizationId: string,
    userId: string,
    which: { only?: string; except?: string | undefined },
  ): Promise<DoneReply> {
    const ended = await this.transactions.run(async () => {
      const ended = await this.sessions.end(organizationId, userId, 'revoked', which);
      if (which.only && ended.length === 0) throw new AppError('not_found', 'There is no open session with this id.');
      const resource = { type: 'user', id: userId };
      await this.audit.record({ action: 'session.revoked', resource, after: { sessions: ended } });
      return ended;
    });
    this.changes.tell(organizationId, 'session', ended);
    return {};
  }
}

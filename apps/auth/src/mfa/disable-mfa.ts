import { Injectable } from '@nestjs/common';
import { AppError, type DisableMfaRequest, type DoneReply, type UserPrincipal } from '@rpa/contracts';
import type { ClientRef } from '@rpa/messaging';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { assertMayManage } from '../access/rank.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { ConfirmPassword } from '../passwords/confirm-password.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { CheckSecondFactor } from './check-second-factor.js';
import { MfaRepository } from './mfa.repository.js';

/** Takes a second factor away: by its user, who must show both, or by an administrator when it is lost. */
@Injectable()
export class DisableMfa {
  constructor(
    private readonly factors: MfaRepository,
    private readonly accounts: AccountsRepository,
    private readonly confirmPassword: ConfirmPassword,
    private readonly check: CheckSecondFactor,
    private readonly sessions: SessionsRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async ownFactor({ password, code }: DisableMfaRequest, user: UserPrincipal, client: ClientRef): Promise<DoneReply> {
    const account = await this.accounts.get(user.organizationId, user.userId);
    if (!account.mfaEnabled) throw new AppError('conflict', 'No second factor is in use.');
    await this.confirmPassword.execute(account, password, client);
    await this.check.execute(user.organizationId, user.userId, code);
    await this.transactions.run(async () => {
      await this.factors.remove(user.organizationId, user.userId);
      await this.audit.record({ action: 'mfa.disabled', resource: { type: 'user', id: user.userId } });
    });
    return {};
  }

  async ofUser(actor: UserPrincipal, userId: string): Promise<DoneReply> {
    const { organizationId } = actor;
    // One's own takes the password and a code.
    if (actor.userId === userId)
      throw new AppError('forbidden', 'Take off your own second factor at /auth/mfa/disable.');
    const target = await this.accounts.get(organizationId, userId);
    assertMayManage(actor, target);
    const ended = await this.transactions.run(async () => {
      await this.factors.remove(organizationId, userId);
      await this.audit.record({ action: 'mfa.reset', resource: { type: 'user', id: userId, name: target.email } });
      return this.sessions.end(organizationId, userId, 'mfa');
    });
    this.changes.tell(organizationId, 'session', ended);
    return {};
  }
}

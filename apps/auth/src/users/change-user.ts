import { Injectable } from '@nestjs/common';
import type { DoneReply, MemberView, UpdateUserRequest, UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { assertMayManage } from '../access/rank.js';
import { toMemberView } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { AttemptLimit, MFA_ATTEMPTS } from '../throttle/attempt-limit.js';
import { LoginThrottle } from '../throttle/login-throttle.js';
import { UsersRepository } from './users.repository.js';

/** Changes of a user that leave access as it is. */
@Injectable()
export class ChangeUser {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
    private readonly throttle: LoginThrottle,
    private readonly limit: AttemptLimit,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async rename(actor: UserPrincipal, request: UpdateUserRequest): Promise<MemberView> {
    const { organizationId } = actor;
    const target = await this.accounts.get(organizationId, request.id);
    assertMayManage(actor, target);
    const { firstName = target.firstName, lastName = target.lastName } = request;
    const before = toMemberView(target);
    const after = { ...before, firstName: firstName.trim(), lastName: lastName.trim() };
    await this.transactions.run(async () => {
      await this.users.rename(organizationId, target.userId, after.firstName, after.lastName);
      const resource = { type: 'user', id: target.userId, name: target.email };
      await this.audit.record({ action: 'user.updated', resource, before, after });
    });
    return after;
  }

  async unlock(actor: UserPrincipal, id: string): Promise<DoneReply> {
    const target = await this.accounts.get(actor.organizationId, id);
    assertMayManage(actor, target);
    await this.throttle.unlock(target.email);
    await this.limit.forget(MFA_ATTEMPTS, target.userId);
    await this.transactions.run(() =>
      this.audit.record({ action: 'user.unlocked', resource: { type: 'user', id, name: target.email } }),
    );
    return {};
  }
}

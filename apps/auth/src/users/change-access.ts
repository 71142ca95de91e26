import { Injectable } from '@nestjs/common';
import { AppError, SYSTEM_ROLES, type DoneReply, type MemberView, type UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { OwnersRepository } from '../access/owners.repository.js';
import { assertMayGrant, assertMayManage } from '../access/rank.js';
import { toMemberView, type Account } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { SessionsRepository } from '../sessions/sessions.repository.js';
import { UsersRepository } from './users.repository.js';

/** Locks users out, lets them in again, removes them. What takes access away counts from the next request on. */
@Injectable()
export class ChangeAccess {
  constructor(
    private readonly users: UsersRepository,
    private readonly accounts: AccountsRepository,
    private readonly sessions: SessionsRepository,
    private readonly owners: OwnersRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async deactivate(actor: UserPrincipal, id: string): Promise<MemberView> {
    await this.takeAway(actor, id, 'user.deactivated', (organizationId) =>
      this.users.setDeactivated(organizationId, id, true),
    );
    return toMemberView(await this.accounts.get(actor.organizationId, id));
  }

  async activate(actor: UserPrincipal, id: string): Promise<MemberView> {
    const { organizationId } = actor;
    return this.transactions.run(async () => {
      const target = await this.accounts.get(organizationId, id);
      assertMayManage(actor, target);
      await this.users.setDeactivated(organizationId, id, false);
      await this.audit.record({ action: 'user.activated', resource: resourceOf(target) });
      return toMemberView(await this.accounts.get(organizationId, id));
    });
  }

  async remove(actor: UserPrincipal, id: string): Promise<DoneReply> {
    await this.takeAway(actor, id, 'user.deleted', (organizationId) => this.users.softDelete(organizationId, id));
    return {};
  }

  async restore(actor: UserPrincipal, id: string): Promise<MemberView> {
    const { organizationId } = actor;
    return this.transactions.run(async () => {
      await this.users.restore(organizationId, id);
      const account = await this.accounts.get(organizationId, id);
      assertMayManage(actor, account);
      await this.audit.record({ action: 'user.restored', resource: resourceOf(account) });
      return toMemberView(account);
    });
  }

  /** Also of a user who was deleted before. */
  async erase(actor: UserPrincipal, id: string): Promise<DoneReply> {
    const { organizationId } = actor;
    const ended = await this.transactions.run(async () => {
      await this.owners.lock(organizationId);
      if (!(await this.users.canErase(organizationId, id)))
        throw new AppError('not_found', 'There is no user with this id.');
      const target = await this.accounts.find(organizationId, id);
      if (target) assertMayManage(actor, target);
      // Whoever was deleted may have been an owner: as with those, an owner decides.
      else assertMayGrant(actor, SYSTEM_ROLES.owner);
      const ended = await this.sessions.end(organizationId, id, 'deactivated');
      await this.users.erase(organizationId, id);
      await this.owners.assertSomeLeft(organizationId);
      // Without the name: what was erased must not live on in the log.
      await this.audit.record({ action: 'user.erased', resource: { type: 'user', id } });
      return ended;
    });
    this.changes.tell(organizationId, 'session', ended);
    this.changes.tell(organizationId, 'user', [id]);
    return {};
  }

  private async takeAway(
    actor: UserPrincipal,
    id: string,
    action: string,
    change: (organizationId: string) => Promise<void>,
  ): Promise<void> {
    const { organizationId } = actor;
    await this.transactions.run(async () => {
      await this.owners.lock(organizationId);
      const target = await this.accounts.get(organizationId, id);
      assertMayManage(actor, target);
      await change(organizationId);
      await this.sessions.end(organizationId, id, 'deactivated');
      await this.users.revokeApiKeys(organizationId, id);
      await this.owners.assertSomeLeft(organizationId);
      await this.audit.record({ action, resource: resourceOf(target), before: { roles: target.roles } });
    });
    this.changes.tell(organizationId, 'user', [id]);
  }
}

function resourceOf(account: Account): { type: string; id: string; name: string } {
  return { type: 'user', id: account.userId, name: account.email };
}

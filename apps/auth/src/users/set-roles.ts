import { Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import type { AssignRoleRequest, DoneReply, MemberView, SetUserRolesRequest, UserPrincipal } from '@rpa/contracts';
import { Audit, Transactions } from '@rpa/platform';
import { AccessChanges } from '../access/access-changes.js';
import { OwnersRepository } from '../access/owners.repository.js';
import { assertMayGrant, assertMayManage } from '../access/rank.js';
import { toMemberView } from '../accounts/account.js';
import { AccountsRepository } from '../accounts/accounts.repository.js';
import { RoleMembersRepository } from '../roles/role-members.repository.js';
import { allowedBy, RolesRepository } from '../roles/roles.repository.js';

/** Gives users their roles. Nobody gives more than they have, or changes an account that may do more than they. */
@Injectable()
export class SetRoles {
  constructor(
    private readonly accounts: AccountsRepository,
    private readonly roles: RolesRepository,
    private readonly members: RoleMembersRepository,
    private readonly owners: OwnersRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async ofUser(actor: UserPrincipal, { id, roles }: SetUserRolesRequest): Promise<MemberView> {
    const { organizationId } = actor;
    const member = await this.transactions.run(async () => {
      await this.owners.lock(organizationId);
      const target = await this.accounts.get(organizationId, id);
      assertMayManage(actor, target);
      assertMayGrant(actor, allowedBy(await this.roles.resolve(organizationId, roles)));
      await this.members.set(organizationId, id, [...new Set(roles)]);
      await this.owners.assertSomeLeft(organizationId);
      const changed = await this.accounts.get(organizationId, id);
      await this.audit.record({
        action: 'user.roles_changed',
        resource: { type: 'user', id, name: target.email },
        before: { roles: target.roles },
        after: { roles: changed.roles },
      });
      return toMemberView(changed);
    });
    this.changes.tell(organizationId, 'user', [id]);
    return member;
  }

  async ofMany(actor: UserPrincipal, { key, userIds }: AssignRoleRequest): Promise<DoneReply> {
    const { organizationId } = actor;
    const ids = [...new Set(userIds)];
    await this.transactions.run(async () => {
      const role = (await this.roles.all(organizationId)).find((one) => one.key === key);
      if (!role) throw new AppError('not_found', 'There is no role with this key.');
      assertMayGrant(actor, allowedBy([role]));
      for (const id of ids) assertMayManage(actor, await this.accounts.get(organizationId, id));
      await this.members.add(organizationId, ids, [key]);
      await this.audit.record({
        action: 'role.assigned',
        resource: { type: 'role', id: key, name: key },
        after: { users: ids },
      });
    });
    this.changes.tell(organizationId, 'user', ids);
    return {};
  }
}

import { Injectable } from '@nestjs/common';
import {
  AppError,
  type CreateRoleRequest,
  type DoneReply,
  type RoleView,
  type UpdateRoleRequest,
  type UserPrincipal,
} from '@rpa/contracts';
import { sqlState, Audit, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { AccessChanges } from '../access/access-changes.js';
import { assertMayGrant } from '../access/rank.js';
import { isSystemRole } from '../accounts/account.js';
import { RoleMembersRepository } from './role-members.repository.js';
import { MAX_ROLES, RolesRepository, toRoleView } from './roles.repository.js';

/** Makes, changes and removes roles of the organization; nobody puts more into one than they may do themselves. */
@Injectable()
export class ChangeRoles {
  constructor(
    private readonly roles: RolesRepository,
    private readonly members: RoleMembersRepository,
    private readonly transactions: Transactions,
    private readonly changes: AccessChanges,
    private readonly audit: Audit,
  ) {}

  async create(actor: UserPrincipal, request: CreateRoleRequest): Promise<RoleView> {
    const { organizationId } = actor;
    assertMayGrant(actor, request.permissions);
    if (isSystemRole(request.key)) throw taken();
    if ((await this.roles.findMany(organizationId, {}, MAX_ROLES)).length >= MAX_ROLES)
      throw new AppError('conflict', `An organization has at most ${MAX_ROLES} roles of its own.`);
    const { key, name, permissions, description = '' } = request;
    return this.transactions.run(async () => {
      const role = await this.roles
        .insert(organizationId, { id: newId(), key, name, description, permissions })
        .catch((error: unknown) => {
          throw sqlState(error) === '23505' ? taken() : error;
        });
      const view = toRoleView(role);
      await this.audit.record({ action: 'role.created', resource: resourceOf(key, role.id, name), after: view });
      return view;
    });
  }

  async update(actor: UserPrincipal, request: UpdateRoleRequest): Promise<RoleView> {
    const { organizationId } = actor;
    refuseSystemRole(request.key);
    const { view, concerned } = await this.transactions.run(async () => {
      const role = await this.roles.byKey(organizationId, request.key);
      const before = toRoleView(role);
      const { name = role.name, description = role.description, permissions = before.permissions } = request;
      // What it holds already counts too: else somebody could take from others what they cannot give.
      assertMayGrant(actor, [...permissions, ...before.permissions]);
      await this.roles.update(organizationId, role.id, { name, description, permissions });
      const view = { ...before, name, description, permissions };
      const resource = resourceOf(role.key, role.id, name);
      await this.audit.record({ action: 'role.updated', resource, before, after: view });
      return { view, concerned: await this.members.raiseEpochOfRole(organizationId, role.key) };
    });
    this.changes.tell(organizationId, 'user', concerned);
    return view;
  }

  async remove(actor: UserPrincipal, key: string): Promise<DoneReply> {
    const { organizationId } = actor;
    refuseSystemRole(key);
    await this.transactions.run(async () => {
      const role = await this.roles.byKey(organizationId, key);
      if (await this.members.isTaken(organizationId, key))
        throw new AppError('conflict', 'Somebody has this role: give them another one first.');
      await this.roles.softDelete(organizationId, role.id);
      const before = toRoleView(role);
      await this.audit.record({ action: 'role.deleted', resource: resourceOf(key, role.id, role.name), before });
    });
    return {};
  }
}

function resourceOf(key: string, id: string, name: string): { type: string; id: string; name: string } {
  return { type: 'role', id, name: `${key} (${name})` };
}

function taken(): AppError {
  const errors = [{ path: 'key', code: 'already_exists', message: 'is taken' }];
  return new AppError('already_exists', 'There is a role with this key.', { errors });
}

function refuseSystemRole(key: string): void {
  if (isSystemRole(key)) throw new AppError('conflict', 'System roles never change; make a role of your own.');
}

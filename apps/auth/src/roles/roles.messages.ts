import {
  createRole,
  deleteRole,
  getRole,
  listPermissions,
  listRoles,
  PERMISSIONS,
  SYSTEM_ROLES,
  updateRole,
} from '@rpa/contracts';
import type {
  CreateRoleRequest,
  DoneReply,
  ListPermissionsReply,
  ListRolesReply,
  ListRolesRequest,
  RoleByKeyRequest,
  RoleView,
  UpdateRoleRequest,
} from '@rpa/contracts';
import { AppError } from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { isPermission, isSystemRole } from '../accounts/account.js';
import { userOf } from '../asking.js';
import { ChangeRoles } from './change-roles.js';
import { RolesRepository } from './roles.repository.js';

@Messages()
export class RolesMessages {
  constructor(
    private readonly roles: RolesRepository,
    private readonly changing: ChangeRoles,
  ) {}

  @Handles(listRoles)
  async list(_request: ListRolesRequest, context: MessageContext): Promise<ListRolesReply> {
    return { data: await this.roles.all(organizationOf(context.principal)), nextCursor: null };
  }

  @Handles(getRole)
  async get({ key }: RoleByKeyRequest, context: MessageContext): Promise<RoleView> {
    const roles = await this.roles.all(organizationOf(context.principal));
    const role = roles.find((candidate) => candidate.key === key);
    if (!role) throw new AppError('not_found', 'There is no role with this key.');
    return role;
  }

  @Handles(createRole)
  create(request: CreateRoleRequest, context: MessageContext): Promise<RoleView> {
    return this.changing.create(userOf(context), request);
  }

  @Handles(updateRole)
  update(request: UpdateRoleRequest, context: MessageContext): Promise<RoleView> {
    return this.changing.update(userOf(context), request);
  }

  @Handles(deleteRole)
  remove({ key }: RoleByKeyRequest, context: MessageContext): Promise<DoneReply> {
    return this.changing.remove(userOf(context), key);
  }

  @Handles(listPermissions)
  async listPermissions(): Promise<ListPermissionsReply> {
    const systemRoles = Object.keys(SYSTEM_ROLES).filter(isSystemRole);
    const data = Object.entries(PERMISSIONS).flatMap(([permission, description]) =>
      isPermission(permission)
        ? [
            {
              permission,
              description,
              systemRoles: systemRoles.filter((role) => SYSTEM_ROLES[role].some((name) => name === permission)),
            },
          ]
        : [],
    );
    return { data, nextCursor: null };
  }
}

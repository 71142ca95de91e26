import { Injectable } from '@nestjs/common';
import { AppError, SYSTEM_ROLES, type Permission, type RoleView, type SystemRole } from '@rpa/contracts';
import { RoleEntity } from '@rpa/entities/auth';
import { TenantRepository, Transactions } from '@rpa/platform';
import { isPermission, isSystemRole } from '../accounts/account.js';

const SYSTEM_TEXTS: Readonly<Record<SystemRole, string>> = {
  owner: 'Everything, the settings of the organization included',
  admin: 'Everything but the settings of the organization',
  editor: 'Builds and runs workflows, with triggers, credentials and integrations',
  operator: 'Starts and steers workflows that others have built',
  viewer: 'Sees workflows and their runs',
};

@Injectable()
export class RolesRepository extends TenantRepository<RoleEntity> {
  constructor(transactions: Transactions) {
    super(transactions, RoleEntity, 'role');
  }

  /** Of every key, its role: a system role or one of the organization. @throws `validation_failed` for unknown keys */
  async resolve(organizationId: string, keys: readonly string[]): Promise<RoleView[]> {
    const known = new Map((await this.all(organizationId)).map((role) => [role.key, role]));
    const roles = [...new Set(keys)].map((key) => ({ key, role: known.get(key) }));
    const unknown = roles.filter(({ role }) => !role).map(({ key }) => key);
    if (unknown.length > 0)
      throw new AppError('validation_failed', `There is no role '${unknown.join("', '")}'.`, {
        errors: unknown.map((key) => ({ path: 'roles', code: 'unknown_role', message: `there is no role '${key}'` })),
      });
    return roles.flatMap(({ role }) => role ?? []);
  }

  async all(organizationId: string): Promise<RoleView[]> {
    const own = await this.findMany(organizationId, {}, MAX_ROLES);
    return [...SYSTEM_VIEWS, ...own.map(toRoleView).sort((a, b) => a.key.localeCompare(b.key))];
  }

  /** @throws `not_found` */
  async byKey(organizationId: string, key: string): Promise<RoleEntity> {
    const role = await this.find(organizationId, { key });
    if (!role) throw new AppError('not_found', 'There is no role with this key.');
    return role;
  }
}

export const MAX_ROLES = 100;

const SYSTEM_VIEWS: readonly RoleView[] = Object.keys(SYSTEM_ROLES)
  .filter(isSystemRole)
  .map((key) => ({
    key,
    name: key.charAt(0).toUpperCase() + key.slice(1),
    description: SYSTEM_TEXTS[key],
    system: true,
    permissions: [...SYSTEM_ROLES[key]],
  }));

export function toRoleView({ key, name, description, permissions }: RoleEntity): RoleView {
  return { key, name, description, system: false, permissions: permissions.filter(isPermission) };
}

/** What any of the roles allows. */
export function allowedBy(roles: readonly RoleView[]): Permission[] {
  return [...new Set(roles.flatMap((role) => role.permissions))];
}

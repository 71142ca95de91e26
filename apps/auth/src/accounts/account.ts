import { SYSTEM_ROLES, type OrganizationView, type Permission, type SystemRole, type UserView } from '@rpa/contracts';

/** A user with organization and roles, as one statement reads them. */
export interface Account {
  userId: string;
  email: string;
  firstName: string;
  lastName: string;
  createdAt: Date;
  passwordHash: string;
  roles: string[];
  organization: OrganizationView;
}

export function toUserView(account: Account): UserView {
  return {
    id: account.userId,
    email: account.email,
    firstName: account.firstName,
    lastName: account.lastName,
    roles: account.roles,
    createdAt: account.createdAt.toISOString(),
  };
}

/** What any of the roles allows; a role that nobody knows allows nothing. */
export function permissionsOf(roles: string[]): Permission[] {
  const known = roles.filter((role): role is SystemRole => Object.hasOwn(SYSTEM_ROLES, role));
  return [...new Set<Permission>(known.flatMap((role) => SYSTEM_ROLES[role]))];
}

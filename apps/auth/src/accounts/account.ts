import {
  DEFAULT_SECURITY_POLICY,
  PERMISSIONS,
  SYSTEM_ROLES,
  type MemberView,
  type OrganizationView,
  type Permission,
  type SecurityPolicy,
  type SystemRole,
  type UserView,
} from '@rpa/contracts';

/** A user with organization and roles, as one statement reads them. */
export interface Account {
  userId: string;
  email: string;
  firstName: string;
  lastName: string;
  createdAt: Date;
  /** Null where the user signs in elsewhere. */
  passwordHash: string | null;
  passwordChangedAt: Date;
  lastLoginAt: Date | null;
  deactivatedAt: Date | null;
  /** Goes up whenever the user's rights change. */
  epoch: number;
  mfaEnabled: boolean;
  roles: string[];
  /** What the organization's own roles among them allow. */
  customPermissions: string[];
  organization: OrganizationView;
  /** What the organization has decided beside the default. */
  security: Partial<SecurityPolicy>;
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

export function toMemberView(account: Account): MemberView {
  return {
    ...toUserView(account),
    status: account.deactivatedAt ? 'deactivated' : 'active',
    mfaEnabled: account.mfaEnabled,
    lastLoginAt: account.lastLoginAt?.toISOString() ?? null,
  };
}

/** What any of the roles allows; a role that nobody knows allows nothing. */
export function permissionsOf({
  roles,
  customPermissions,
}: Pick<Account, 'roles' | 'customPermissions'>): Permission[] {
  const system = roles.filter(isSystemRole).flatMap((role) => [...SYSTEM_ROLES[role]]);
  return [...new Set([...system, ...customPermissions.filter(isPermission)])];
}

export function isSystemRole(role: string): role is SystemRole {
  return Object.hasOwn(SYSTEM_ROLES, role);
}

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(PERMISSIONS, text);
}

export function policyOf(security: Partial<SecurityPolicy>): SecurityPolicy {
  return { ...DEFAULT_SECURITY_POLICY, ...security };
}

import { AppError, type Principal } from '@rpa/contracts';
import { mayDo } from '@rpa/platform';
import type { StoredApproval } from './approvals.repository.js';

/** How the assignees of an approval may name somebody: `user:<id>` and `role:<name>`, or these without their prefix. */
export function namesOf(principal: Principal | null): string[] {
  if (principal?.kind !== 'user') return [];
  const { userId, roles } = principal;
  return [`user:${userId}`, userId, ...roles.flatMap((role) => [`role:${role}`, role])];
}

export function assigneesOf({ config }: Pick<StoredApproval, 'config'>): string[] {
  const { assignees } = config;
  return Array.isArray(assignees) ? assignees.map(String) : [];
}

/** Whoever it names; where it names nobody, everybody with the permission. An API key needs the permission in any case. */
export function mayDecide(principal: Principal | null, approval: StoredApproval): boolean {
  const permitted = mayDo(principal, 'executions:cancel');
  if (principal?.kind !== 'user' || (principal.apiKeyId !== undefined && !permitted)) return false;
  const assignees = assigneesOf(approval);
  if (assignees.length === 0) return permitted;
  const names = new Set(namesOf(principal));
  return assignees.some((assignee) => names.has(assignee));
}

/** Reads all: others see only what they may decide. */
export function maySeeAll(principal: Principal | null): boolean {
  return mayDo(principal, 'executions:read');
}

/** An API key sees no more than its scopes allow. */
export function assertMayLook(principal: Principal | null): void {
  if (principal?.kind === 'user' && principal.apiKeyId !== undefined && !maySeeAll(principal))
    throw new AppError('forbidden', "The permission 'executions:read' is missing.");
}

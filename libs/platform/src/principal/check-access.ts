import { AppError, type Access, type Permission, type Principal } from '@rpa/contracts';

/** Decides whether a principal may send a command; throws `unauthenticated` or `forbidden`. Denies what nothing allows. */
export function checkAccess(access: Access, principal: Principal | null): void {
  if (!principal) {
    if ('public' in access) return;
    throw new AppError('unauthenticated');
  }
  if (principal.kind === 'service') {
    if (access.services?.includes(principal.service)) return;
    if ('public' in access) return;
    throw new AppError('forbidden', `The service '${principal.service}' may not do this.`);
  }
  if ('public' in access || 'authenticated' in access) return;
  if ('permission' in access) {
    if (principal.permissions.has(access.permission)) return;
    throw new AppError('forbidden', `The permission '${access.permission}' is missing.`);
  }
  throw new AppError('forbidden', 'Only services may do this.');
}

/** The organization in whose name a message came; commands that need one call this first. */
export function organizationOf(principal: Principal | null): string {
  if (!principal?.organizationId) throw new AppError('forbidden', 'The principal has no organization.');
  return principal.organizationId;
}

/** Whether a user (or a service) has a permission beyond the command's own. */
export function mayDo(principal: Principal | null, permission: Permission): boolean {
  return principal?.kind === 'service' || (principal?.kind === 'user' && principal.permissions.has(permission));
}

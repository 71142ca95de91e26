import { AppError, type Principal } from '@rpa/contracts';
import type { CredentialEntity } from '@rpa/entities/credentials-vault';

/** They see and mend everything. */
const KEEPERS = ['owner', 'admin'];

type Shared = Pick<CredentialEntity, 'sharedRoles' | 'createdBy'>;

/** Whether somebody may see and use a credential: its maker, owners and admins, and the roles that it is shared with. */
export function maySee({ sharedRoles, createdBy }: Shared, who: { userId: string; roles: readonly string[] }): boolean {
  if (sharedRoles === null || createdBy === who.userId) return true;
  return who.roles.some((role) => KEEPERS.includes(role) || sharedRoles.includes(role));
}

/** @throws `forbidden` */
export function assertShared(credential: Shared, principal: Principal | null): void {
  if (principal?.kind === 'service' || (principal && maySee(credential, principal))) return;
  throw new AppError('forbidden', 'This credential is not shared with any of your roles.');
}

/** Who made or changed something, as the rows keep it. */
export function nameOf(principal: Principal | null): string {
  if (!principal) return '-';
  return principal.kind === 'user' ? principal.userId : principal.service;
}

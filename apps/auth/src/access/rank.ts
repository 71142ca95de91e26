import { AppError, type Permission, type UserPrincipal } from '@rpa/contracts';
import { permissionsOf, type Account } from '../accounts/account.js';

/** Nobody hands out what they may not do themselves. @throws `forbidden` that names what is missing */
export function assertMayGrant(actor: UserPrincipal, permissions: readonly Permission[]): void {
  const beyond = permissions.filter((permission) => !actor.permissions.has(permission));
  if (beyond.length > 0)
    throw new AppError('forbidden', `You cannot give what you do not have: ${beyond.slice(0, 5).join(', ')}.`);
}

/** Nobody changes an account that may do more than they, or its password would be theirs to set. @throws `forbidden` */
export function assertMayManage(actor: UserPrincipal, target: Account): void {
  if (permissionsOf(target).every((permission) => actor.permissions.has(permission))) return;
  throw new AppError('forbidden', 'This user may do more than you: somebody with the same rights has to do it.');
}

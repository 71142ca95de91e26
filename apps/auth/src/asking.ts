import { AppError, type UserPrincipal } from '@rpa/contracts';
import type { ClientRef, MessageContext } from '@rpa/messaging';

/** The user in whose name a message came. */
export function userOf(context: MessageContext): UserPrincipal {
  if (context.principal?.kind !== 'user') throw new AppError('forbidden', 'Only a signed-in user may do this.');
  return context.principal;
}

/** Where a message came from; one that names no client counts for one address, so that it cannot dodge the throttle. */
export function clientOf(context: MessageContext): ClientRef {
  return context.client ?? { address: 'unknown', userAgent: '' };
}

/** The user who sits there in person: what an API key must not do however many scopes it has. */
export function personOf(context: MessageContext): UserPrincipal {
  const user = userOf(context);
  if (user.apiKeyId) throw new AppError('forbidden', 'An API key cannot do this: sign in.');
  return user;
}

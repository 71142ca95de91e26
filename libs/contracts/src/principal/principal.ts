import type { Permission } from './permissions.js';
import type { ServiceName } from './services.js';

/**
 * Who asks. Travels as a signed token in the NATS header `rpa-principal`; every service checks the signature itself.
 * A user's token is signed by auth, a service's token by that service's own identity key.
 */
export type Principal = UserPrincipal | ServicePrincipal;

export interface UserPrincipal {
  kind: 'user';
  userId: string;
  organizationId: string;
  organizationSlug: string;
  roles: string[];
  permissions: ReadonlySet<Permission>;
  /** The session that the token belongs to; ending it ends the token. Absent when an API key speaks for the user. */
  sessionId?: string;
  /** The API key that speaks for the user, with no more than its own scopes. */
  apiKeyId?: string;
  /** State of the user's rights when the token was signed; a token with an older one than the user's is refused. */
  epoch?: number;
}

export interface ServicePrincipal {
  kind: 'service';
  service: ServiceName;
  /** Absent where a service acts for the whole system, e.g. announces step types. */
  organizationId?: string;
  organizationSlug?: string;
}

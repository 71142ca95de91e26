import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import {
  AppError,
  SERVICES,
  type Permission,
  type Principal,
  type ServiceName,
  type UserPrincipal,
} from '@rpa/contracts';
import type { JSONWebKeySet, JWTPayload } from 'jose';

export function readKeySet(text: string): JSONWebKeySet {
  try {
    const keys = JSON.parse(text) as JSONWebKeySet;
    if (Array.isArray(keys.keys)) return keys;
  } catch {
    // Said below, without the text.
  }
  throw new Error('TRUSTED_KEYS is no JWKS: { "keys": [...] }.');
}

export function serviceOfKey(kid: string | undefined): ServiceName | undefined {
  const name = kid?.split(':')[0];
  return SERVICES.find((service) => service === name);
}

export function toPrincipal(signer: ServiceName, claims: JWTPayload): Principal {
  if (claims.sub === `service:${signer}`)
    return {
      kind: 'service',
      service: signer,
      ...(typeof claims['org'] === 'string' && { organizationId: claims['org'] }),
      ...(typeof claims['slug'] === 'string' && { organizationSlug: claims['slug'] }),
    };
  const user = signer === 'auth' ? userPrincipal(claims) : null;
  if (!user) throw new AppError('invalid_token', `A token signed by '${signer}' cannot speak for a user.`);
  return user;
}

/** The user whom proven claims of auth speak for; null when they speak for none. */
export function userPrincipal(claims: JWTPayload): UserPrincipal | null {
  if (typeof claims.sub !== 'string' || claims.sub.startsWith('service:') || typeof claims['org'] !== 'string')
    return null;
  return {
    kind: 'user',
    userId: claims.sub,
    organizationId: claims['org'],
    organizationSlug: String(claims['slug'] ?? ''),
    roles: (claims['roles'] as string[] | undefined) ?? [],
    permissions: new Set((claims['perms'] as Permission[] | undefined) ?? []),
    ...(typeof claims['sid'] === 'string' && { sessionId: claims['sid'] }),
    ...(typeof claims['key'] === 'string' && { apiKeyId: claims['key'] }),
    ...(typeof claims['ep'] === 'number' && { epoch: claims['ep'] }),
  };
}

/** A key that stands in the trusted set itself. */
export function trustedKey(keys: JSONWebKeySet, kid: string): KeyObject | null {
  const jwk = keys.keys.find((key) => key.kid === kid);
  return jwk ? createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' }) : null;
}

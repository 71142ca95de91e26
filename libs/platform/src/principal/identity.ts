import { createHash } from 'node:crypto';
import {
  AppError,
  SERVICES,
  type Permission,
  type Principal,
  type ServiceName,
  type UserPrincipal,
} from '@rpa/contracts';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  importPKCS8,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose';
import { LRUCache } from 'lru-cache';

const ALGORITHM = 'ES256';
const PRINCIPAL_AUDIENCE = 'rpa';
const SERVICE_TOKEN_SECONDS = 600;
const RENEW_BEFORE_MS = 60_000;
const CACHED_PRINCIPALS = 5_000;

interface CachedPrincipal {
  principal: Principal;
  expiresAt: number;
}

export interface OrganizationRef {
  id: string;
  slug?: string;
}

/**
 * A service's own key and the public keys of all others: signs what it says and proves what others say. ES256 only;
 * which service a key belongs to is fixed by the trusted key set, never by the token.
 */
export class Identity {
  private readonly verified = new LRUCache<string, CachedPrincipal>({ max: CACHED_PRINCIPALS });
  private readonly serviceTokens = new LRUCache<string, { token: string; renewAt: number }>({ max: CACHED_PRINCIPALS });
  private readonly keySet: ReturnType<typeof createLocalJWKSet>;

  private constructor(
    readonly service: ServiceName,
    private readonly privateKey: CryptoKey,
    private readonly keyId: string,
    readonly trustedKeys: JSONWebKeySet,
  ) {
    this.keySet = createLocalJWKSet(trustedKeys);
  }

  static async load(options: { service: ServiceName; identityKey: string; trustedKeys: string }): Promise<Identity> {
    const keys = readKeySet(options.trustedKeys);
    const own = keys.keys.filter((key) => serviceOfKey(key.kid) === options.service).at(-1);
    if (!own?.kid) throw new Error(`TRUSTED_KEYS holds no key of '${options.service}'.`);
    const privateKey = await importPKCS8(options.identityKey, ALGORITHM).catch(() => null);
    if (!privateKey) throw new Error('IDENTITY_KEY is no P-256 private key in PKCS #8 PEM.');
    const identity = new Identity(options.service, privateKey, own.kid, keys);
    const probe = await identity.sign({}, { audience: 'self', expiresInSeconds: 60 });
    await identity.verify(probe, 'self').catch(() => {
      throw new Error(`IDENTITY_KEY does not belong to the key of '${options.service}' in TRUSTED_KEYS.`);
    });
    return identity;
  }

  /** Signs claims in this service's name. */
  sign(claims: JWTPayload, options: { audience: string; expiresInSeconds: number; subject?: string }): Promise<string> {
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: this.keyId, typ: 'JWT' })
      .setIssuer(this.service)
      .setAudience(options.audience)
      .setIssuedAt()
      .setExpirationTime(`${options.expiresInSeconds}s`);
    if (options.subject) jwt.setSubject(options.subject);
    return jwt.sign(this.privateKey);
  }

  /** Proves a token and tells which service signed it; throws `invalid_token`. */
  async verify(token: string, audience: string): Promise<{ signer: ServiceName; claims: JWTPayload }> {
    try {
      const signer = serviceOfKey(decodeProtectedHeader(token).kid);
      const { payload } = await jwtVerify(token, this.keySet, {
        algorithms: [ALGORITHM],
        audience,
        ...(signer && { issuer: signer }),
        clockTolerance: 30,
        requiredClaims: ['exp', 'iat'],
      });
      if (!signer) throw new Error('unknown signer');
      return { signer, claims: payload };
    } catch (error) {
      throw new AppError('invalid_token', 'The token is not valid or has expired.', { cause: error });
    }
  }

  /** Who a principal token speaks for. Proven once, then remembered until it expires. */
  async principal(token: string): Promise<Principal> {
    const key = createHash('sha256').update(token).digest('base64');
    const known = this.verified.get(key);
    if (known && known.expiresAt > Date.now()) return known.principal;
    const { signer, claims } = await this.verify(token, PRINCIPAL_AUDIENCE);
    const principal = toPrincipal(signer, claims);
    this.verified.set(key, { principal, expiresAt: (claims.exp ?? 0) * 1000 });
    return principal;
  }

  /** Token of a user: only auth signs these. */
  signUser(
    user: { userId: string; organization: OrganizationRef; roles: string[]; permissions: Iterable<Permission> },
    expiresInSeconds: number,
  ): Promise<string> {
    const { organization } = user;
    return this.sign(
      { org: organization.id, slug: organization.slug ?? '', roles: user.roles, perms: [...user.permissions] },
      { audience: PRINCIPAL_AUDIENCE, expiresInSeconds, subject: user.userId },
    );
  }

  /** Token by which this service speaks in its own name, for one organization or for none. Kept until it is due. */
  async serviceToken(organization?: OrganizationRef): Promise<string> {
    const key = organization ? `${organization.id} ${organization.slug ?? ''}` : '';
    const known = this.serviceTokens.get(key);
    if (known && known.renewAt > Date.now()) return known.token;
    const claims = organization ? { org: organization.id, ...(organization.slug && { slug: organization.slug }) } : {};
    const token = await this.sign(claims, {
      audience: PRINCIPAL_AUDIENCE,
      expiresInSeconds: SERVICE_TOKEN_SECONDS,
      subject: `service:${this.service}`,
    });
    this.serviceTokens.set(key, { token, renewAt: Date.now() + SERVICE_TOKEN_SECONDS * 1000 - RENEW_BEFORE_MS });
    return token;
  }
}

function readKeySet(text: string): JSONWebKeySet {
  try {
    const keys = JSON.parse(text) as JSONWebKeySet;
    if (Array.isArray(keys.keys)) return keys;
  } catch {
    // Said below, without the text.
  }
  throw new Error('TRUSTED_KEYS is no JWKS: { "keys": [...] }.');
}

function serviceOfKey(kid: string | undefined): ServiceName | undefined {
  const name = kid?.split(':')[0];
  return SERVICES.find((service) => service === name);
}

function toPrincipal(signer: ServiceName, claims: JWTPayload): Principal {
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
  };
}

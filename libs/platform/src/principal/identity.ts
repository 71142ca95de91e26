import { createHash, type KeyObject } from 'node:crypto';
import { AppError, type Permission, type Principal, type ServiceName } from '@rpa/contracts';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  importPKCS8,
  jwtVerify,
  SignJWT,
  type CryptoKey,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
} from 'jose';
import { LRUCache } from 'lru-cache';
import { readKeySet, serviceOfKey, toPrincipal, trustedKey, userPrincipal } from './principal-of-token.js';
import { SigningKeys, type SigningKey } from './signing-keys.js';

const ALGORITHM = 'ES256';
const PRINCIPAL_AUDIENCE = 'rpa';
const CERTIFICATE_AUDIENCE = 'rpa-signing-key';
const SERVICE_TOKEN_SECONDS = 600;
const RENEW_BEFORE_MS = 60_000;
const CACHED_PRINCIPALS = 5_000;

interface SignOptions {
  audience: string;
  expiresInSeconds: number;
  subject?: string;
}

interface CachedPrincipal {
  principal: Principal;
  expiresAt: number;
}

export interface OrganizationRef {
  id: string;
  slug?: string;
}

/** What auth says of a user in a token. */
export interface SignedUser {
  userId: string;
  organization: OrganizationRef;
  roles: string[];
  permissions: Iterable<Permission>;
  sessionId?: string;
  apiKeyId?: string;
  epoch?: number;
}

/**
 * A service's own key and the public keys of all others: signs what it says and proves what others say. ES256 only;
 * which service a key belongs to is fixed by the trusted key set, never by the token.
 */
export class Identity {
  private readonly verified = new LRUCache<string, CachedPrincipal>({ max: CACHED_PRINCIPALS });
  private readonly serviceTokens = new LRUCache<string, { token: string; renewAt: number }>({ max: CACHED_PRINCIPALS });
  private readonly keySet: ReturnType<typeof createLocalJWKSet>;
  private readonly signingKeys: SigningKeys;
  private userKey: SigningKey | null = null;

  private constructor(
    readonly service: ServiceName,
    private readonly privateKey: CryptoKey,
    private readonly keyId: string,
    readonly trustedKeys: JSONWebKeySet,
  ) {
    this.keySet = createLocalJWKSet(trustedKeys);
    this.signingKeys = new SigningKeys((certificate) => this.verify(certificate, CERTIFICATE_AUDIENCE));
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
  sign(claims: JWTPayload, options: SignOptions): Promise<string> {
    return this.signBy({ kid: this.keyId, privateKey: this.privateKey }, claims, options);
  }

  private signBy(key: SigningKey, claims: JWTPayload, options: SignOptions): Promise<string> {
    const jwt = new SignJWT(claims)
      .setProtectedHeader({ alg: ALGORITHM, kid: key.kid, typ: 'JWT' })
      .setIssuer(this.service)
      .setAudience(options.audience)
      .setIssuedAt()
      .setExpirationTime(`${options.expiresInSeconds}s`);
    if (options.subject) jwt.setSubject(options.subject);
    return jwt.sign(key.privateKey);
  }

  /** Where the keys are asked for by which auth signs users at present; each must be vouched for by auth's identity key. */
  learnSigningKeys(ask: () => Promise<readonly string[]>): void {
    this.signingKeys.askBy(ask);
  }

  /** Signs users by this key from now on; only auth does. */
  signUsersBy(key: SigningKey): void {
    this.userKey = key;
  }

  /** Vouches for a public key by which this service signs users. */
  certify(kid: string, jwk: object, expiresInSeconds: number): Promise<string> {
    return this.sign({ jwk }, { audience: CERTIFICATE_AUDIENCE, expiresInSeconds, subject: kid });
  }

  /** Public key of auth with this id, by which a user's token may be signed. */
  async userKeyOf(kid: string): Promise<KeyObject | null> {
    if (serviceOfKey(kid) !== 'auth') return null;
    return trustedKey(this.trustedKeys, kid) ?? this.signingKeys.find(kid);
  }

  /** Public keys of auth that are known now: those of its identity, and those that sign users at present. */
  async keysOfAuth(): Promise<JWK[]> {
    const own = this.trustedKeys.keys.filter((key) => serviceOfKey(key.kid) === 'auth');
    return [...own, ...(await this.signingKeys.all())];
  }

  /** Proves a token and tells which service signed it; throws `invalid_token`. */
  async verify(token: string, audience: string): Promise<{ signer: ServiceName; claims: JWTPayload }> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const signer = serviceOfKey(kid);
      const rotated = audience === PRINCIPAL_AUDIENCE && kid && !this.trustedKeys.keys.some((key) => key.kid === kid);
      const signingKey = rotated ? await this.userKeyOf(kid) : null;
      const { payload } = await jwtVerify(token, signingKey ? async () => signingKey : this.keySet, {
        algorithms: [ALGORITHM],
        audience,
        ...(signer && { issuer: signer }),
        clockTolerance: 30,
        requiredClaims: ['exp', 'iat'],
      });
      if (!signer) throw new Error('unknown signer');
      if (signingKey && !userPrincipal(payload)) throw new Error('this key signs users only');
      return { signer, claims: payload };
    } catch (error) {
      // Auth could not be asked for a key that is not known: that says nothing about the token.
      if (AppError.is(error) && error.retryAfter !== undefined) throw error;
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
  signUser(user: SignedUser, expiresInSeconds: number): Promise<string> {
    const { organization, sessionId, apiKeyId, epoch } = user;
    const claims = {
      org: organization.id,
      slug: organization.slug ?? '',
      roles: user.roles,
      perms: [...user.permissions],
      ...(sessionId && { sid: sessionId }),
      ...(apiKeyId && { key: apiKeyId }),
      ...(epoch !== undefined && { ep: epoch }),
    };
    const options = { audience: PRINCIPAL_AUDIENCE, expiresInSeconds, subject: user.userId };
    return this.signBy(this.userKey ?? { kid: this.keyId, privateKey: this.privateKey }, claims, options);
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

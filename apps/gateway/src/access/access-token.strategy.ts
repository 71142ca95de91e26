import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { AppError, type UserPrincipal } from '@rpa/contracts';
import { Identity, userPrincipal } from '@rpa/platform';
import { ExtractJwt, Strategy } from 'passport-jwt';

export const ACCESS_TOKEN_STRATEGY = 'access-token';

type KeyCallback = (error: unknown, key?: string | Buffer) => void;

/** What proving a token gives; `expiresAt` in milliseconds since 1970. */
export interface ProvenToken {
  principal: UserPrincipal;
  expiresAt: number;
}

/** Proves access tokens of users: ES256 by a key of auth, for us, and not expired. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  constructor(identity: Identity) {
    const keys = keysOfAuth(identity);
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      algorithms: ['ES256'],
      issuer: 'auth',
      audience: 'rpa',
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
        const key = keys.get(keyIdOf(token) ?? '');
        if (key) done(null, key as never);
        else done(new AppError('invalid_token', 'The token was signed by nobody whom we trust.'));
      },
    });
  }

  validate(claims: Record<string, unknown>): ProvenToken {
    const { exp } = claims;
    if (typeof exp !== 'number') throw new AppError('invalid_token', 'The token never expires.');
    const principal = userPrincipal(claims);
    if (!principal) throw new AppError('invalid_token', 'The token does not speak for a user.');
    return { principal, expiresAt: exp * 1_000 };
  }
}

/** Only keys of auth: what another service signs can never be a user. */
function keysOfAuth(identity: Identity): Map<string, KeyObject> {
  const keys = identity.trustedKeys.keys.filter((key) => key.kid?.startsWith('auth:'));
  return new Map(keys.map((key) => [String(key.kid), createPublicKey({ key: key as JsonWebKey, format: 'jwk' })]));
}

function keyIdOf(token: string): string | null {
  try {
    const [header = ''] = token.split('.', 1);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown };
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}

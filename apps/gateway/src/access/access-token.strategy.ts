import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { AppError, type UserPrincipal } from '@rpa/contracts';
import { Identity, userPrincipal } from '@rpa/platform';
import { Strategy } from 'passport-jwt';

export const ACCESS_TOKEN_STRATEGY = 'access-token';

type KeyCallback = (error: unknown, key?: string | Buffer) => void;

/** What stands for a request here: a token may have come in a header, a cookie, or for an API key. */
export interface TokenToProve {
  accessToken: string;
}

/** What proving a token gives; `expiresAt` in milliseconds since 1970. */
export interface ProvenToken {
  principal: UserPrincipal;
  expiresAt: number;
}

/** Proves access tokens of users: ES256 by a key of auth, for us, and not expired. */
@Injectable()
export class AccessTokenStrategy extends PassportStrategy(Strategy, ACCESS_TOKEN_STRATEGY) {
  constructor(identity: Identity) {
    super({
      jwtFromRequest: (request: unknown) => (request as TokenToProve).accessToken,
      algorithms: ['ES256'],
      issuer: 'auth',
      audience: 'rpa',
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
        identity.userKeyOf(keyIdOf(token) ?? '').then((key) => {
          if (key) done(null, key as never);
          else done(new AppError('invalid_token', 'The token was signed by nobody whom we trust.'));
        }, done);
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

function keyIdOf(token: string): string | null {
  try {
    const [header = ''] = token.split('.', 1);
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid?: unknown };
    return typeof kid === 'string' ? kid : null;
  } catch {
    return null;
  }
}

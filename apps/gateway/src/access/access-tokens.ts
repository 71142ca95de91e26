import { Injectable } from '@nestjs/common';
import { AppError, type UserPrincipal } from '@rpa/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import passport from 'passport';
import { ACCESS_TOKEN_STRATEGY, type ProvenToken, type TokenToProve } from './access-token.strategy.js';
import { ApiKeys } from './api-keys.js';
import { SessionCookies } from './session-cookies.js';
import { SessionStates } from './session-states.js';

const REMEMBERED = 5_000;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const BEARER = /^Bearer +(\S+)$/i;

/** A token that was proven, and that stands now. */
export interface Caller extends ProvenToken {
  /** Goes with every command in the caller's name. */
  token: string;
}

/** Who sent a request, whatever they showed: an access token, an API key, or the cookie of a browser's session. */
@Injectable()
export class AccessTokens {
  private readonly proven = new LRUCache<string, ProvenToken>({ max: REMEMBERED });

  constructor(
    private readonly sessions: SessionStates,
    private readonly apiKeys: ApiKeys,
    private readonly cookies: SessionCookies,
  ) {}

  /**
   * Tells who sent a request; its token is `request.state.token` from then on.
   * @throws `unauthenticated` without any proof, `invalid_token` when it proves nothing, `forbidden` without CSRF token
   */
  async prove(request: FastifyRequest, _reply?: FastifyReply): Promise<UserPrincipal> {
    const { principal, token } = await this.callerOf(request);
    if (request.state) request.state.token = token;
    return principal;
  }

  /** Proves an access token as such: signature, expiry, and that its session still stands. Remembered, so cheap. */
  async proveToken(token: string): Promise<Caller> {
    if (!JWT.test(token)) throw new AppError('invalid_token', 'This is no access token.');
    let known = this.proven.get(token);
    if (!known || known.expiresAt <= Date.now()) {
      known = await verify(token);
      this.proven.set(token, known);
    }
    const standing = this.sessions.assertStands(known.principal);
    if (standing) await standing;
    return { ...known, token };
  }

  private async callerOf(request: FastifyRequest): Promise<Caller> {
    const { authorization, 'x-api-key': apiKey } = request.headers;
    if (authorization && apiKey)
      throw new AppError('invalid_token', 'Send either Authorization or X-API-Key, not both.');
    if (apiKey) return this.proveToken(await this.apiKeys.tokenOf(String(apiKey)));
    if (authorization) {
      const token = BEARER.exec(authorization)?.[1];
      if (!token) throw new AppError('invalid_token', 'Send: Authorization: Bearer <token>.');
      return this.proveToken(token);
    }
    const cookie = this.cookies.accessTokenOf(request);
    if (!cookie) throw new AppError('unauthenticated', 'Send the access token: Authorization: Bearer <token>.');
    const caller = await this.proveToken(cookie);
    this.cookies.assertIntended(request, caller.principal);
    return caller;
  }
}

function verify(accessToken: string): Promise<ProvenToken> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown): void =>
      reject(AppError.is(cause) ? cause : new AppError('invalid_token', reasonOf(cause), { cause }));
    const check = passport.authenticate(
      ACCESS_TOKEN_STRATEGY,
      { session: false },
      (error: unknown, proven: ProvenToken | false | null, info: unknown) => {
        if (error || !proven) refuse(error ?? info);
        else resolve(proven);
      },
    ) as (request: TokenToProve, reply: object, next: (error: unknown) => void) => void;
    check({ accessToken }, {}, refuse);
  });
}

function reasonOf(cause: unknown): string {
  const expired = cause instanceof Error && cause.name === 'TokenExpiredError';
  return expired ? 'The token has expired; refresh it.' : 'The token is not valid.';
}

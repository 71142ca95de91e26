import { Injectable } from '@nestjs/common';
import { AppError, type UserPrincipal } from '@rpa/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import passport from 'passport';
import { ACCESS_TOKEN_STRATEGY, type ProvenToken } from './access-token.strategy.js';

const REMEMBERED = 5_000;
const BEARER = /^Bearer +([\w-]+\.[\w-]+\.[\w-]+)$/i;

/** The bearer token of a request as it was sent; null when there is none. */
export function bearerOf(request: FastifyRequest): string | null {
  return BEARER.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Who sent a request. A signature is checked once and remembered until the token expires. */
@Injectable()
export class AccessTokens {
  private readonly proven = new LRUCache<string, ProvenToken>({ max: REMEMBERED });

  /** @throws `unauthenticated` without a token, `invalid_token` when it proves nothing */
  async prove(request: FastifyRequest, reply: FastifyReply): Promise<UserPrincipal> {
    const token = bearerOf(request);
    if (!token) {
      if (request.headers.authorization) throw new AppError('invalid_token', 'Send: Authorization: Bearer <token>.');
      throw new AppError('unauthenticated', 'Send the access token: Authorization: Bearer <token>.');
    }
    const known = this.proven.get(token);
    if (known && known.expiresAt > Date.now()) return known.principal;
    const fresh = await verify(request, reply);
    this.proven.set(token, fresh);
    return fresh.principal;
  }
}

function verify(request: FastifyRequest, reply: FastifyReply): Promise<ProvenToken> {
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
    ) as (request: unknown, reply: unknown, next: (error: unknown) => void) => void;
    check(request, reply, refuse);
  });
}

function reasonOf(cause: unknown): string {
  const expired = cause instanceof Error && cause.name === 'TokenExpiredError';
  return expired ? 'The token has expired; refresh it.' : 'The token is not valid.';
}

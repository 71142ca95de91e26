import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { AppError, type SessionView, type UserPrincipal } from '@rpa/contracts';
import { CONFIG } from '@rpa/platform';
import type { CookieSerializeOptions } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../gateway.config.js';

const AUTH_PATH = '/api/v1/auth';
const REFRESH_SECONDS = 30 * 86_400;
const FLOW_SECONDS = 600;
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/**
 * Sessions of browsers: both tokens in HttpOnly cookies that no script can read and no other site can send along
 * (SameSite), and besides a CSRF token that belongs to the session, which only pages of ours can read and send back.
 */
@Injectable()
export class SessionCookies {
  private readonly secure: boolean;
  private readonly names: Readonly<Record<'access' | 'refresh' | 'csrf' | 'flow', string>>;
  private readonly csrfKey: Buffer;

  constructor(@Inject(CONFIG) config: GatewayConfig) {
    this.secure = config.publicUrl.startsWith('https:');
    const [host, own] = this.secure ? ['__Host-', '__Secure-'] : ['', ''];
    this.names = {
      access: `${host}rpa_access`,
      refresh: `${own}rpa_refresh`,
      csrf: `${host}rpa_csrf`,
      flow: `${own}rpa_flow`,
    };
    // All replicas of the gateway have the same key.
    this.csrfKey = Buffer.from(hkdfSync('sha256', config.identityKey, '', 'rpa csrf', 32));
  }

  accessTokenOf(request: FastifyRequest): string | null {
    return request.cookies[this.names.access] || null;
  }

  refreshTokenOf(request: FastifyRequest): string | null {
    return request.cookies[this.names.refresh] || null;
  }

  flowOf(request: FastifyRequest): string | null {
    return request.cookies[this.names.flow] || null;
  }

  /** What a cookie proves is only that the browser has a session, not that its user wants this. @throws `forbidden` */
  assertIntended(request: FastifyRequest, { sessionId }: UserPrincipal): void {
    if (SAFE_METHODS.includes(request.method)) return;
    if (!sessionId || !matches(request, this.csrfOf(sessionId))) throw refused();
  }

  /** At a refresh the access token may be gone: then the cookie tells what the page must send back. */
  assertRefreshIntended(request: FastifyRequest): void {
    const expected = request.cookies[this.names.csrf];
    if (!expected || !matches(request, expected)) throw refused();
  }

  open(reply: FastifyReply, session: SessionView): void {
    const { accessToken, refreshToken, expiresIn } = session;
    reply.setCookie(this.names.access, accessToken, this.options('/', expiresIn));
    reply.setCookie(this.names.refresh, refreshToken, this.options(AUTH_PATH, REFRESH_SECONDS));
    const csrf = this.csrfOf(sessionIdOf(accessToken));
    reply.setCookie(this.names.csrf, csrf, { ...this.options('/', REFRESH_SECONDS), httpOnly: false });
  }

  close(reply: FastifyReply): void {
    reply.clearCookie(this.names.access, this.options('/'));
    reply.clearCookie(this.names.refresh, this.options(AUTH_PATH));
    reply.clearCookie(this.names.csrf, { ...this.options('/'), httpOnly: false });
  }

  /** Carries the state of a login at another provider. Lax: the browser comes back from another site. */
  beginFlow(reply: FastifyReply, flow: string): void {
    reply.setCookie(this.names.flow, flow, { ...this.options(`${AUTH_PATH}/oidc`, FLOW_SECONDS), sameSite: 'lax' });
  }

  endFlow(reply: FastifyReply): void {
    reply.clearCookie(this.names.flow, { ...this.options(`${AUTH_PATH}/oidc`), sameSite: 'lax' });
  }

  private csrfOf(sessionId: string): string {
    return createHmac('sha256', this.csrfKey).update(sessionId).digest('base64url');
  }

  private options(path: string, maxAge?: number): CookieSerializeOptions {
    const age = maxAge === undefined ? {} : { maxAge };
    return { path, httpOnly: true, secure: this.secure, sameSite: 'strict', ...age };
  }
}

function matches(request: FastifyRequest, expected: string): boolean {
  const given = request.headers['x-csrf-token'];
  const [a, b] = [Buffer.from(typeof given === 'string' ? given : ''), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Of a token that auth has just signed. */
function sessionIdOf(accessToken: string): string {
  const [, payload = ''] = accessToken.split('.');
  return String((JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sid?: unknown }).sid);
}

function refused(): AppError {
  return new AppError('forbidden', 'Send the value of the cookie rpa_csrf as X-CSRF-Token.');
}

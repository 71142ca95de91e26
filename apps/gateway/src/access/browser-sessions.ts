import { Injectable } from '@nestjs/common';
import { AppError, type SessionView } from '@rpa/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RouteAnswer, RouteDefinition, RouteInput } from '../http/define-route.js';
import { SessionCookies } from './session-cookies.js';

/**
 * What a route does to the session of a browser. `opens` and `refreshes` answer with cookies instead of tokens when they
 * are asked to (`?session=cookie`), or when the session is one of cookies already.
 */
export type BrowserStep = 'opens' | 'refreshes' | 'closes' | 'begins_login' | 'finishes_login';

/** Documents the parameter by which a browser asks for cookies. */
export const SESSION_QUERY = {
  session: {
    type: 'string',
    description: '`cookie`: the tokens come as HttpOnly cookies and not in the answer',
    example: 'cookie',
  },
} as const;

/** Lets routes that know tokens only serve browsers, which must not see any. */
@Injectable()
export class BrowserSessions {
  constructor(private readonly cookies: SessionCookies) {}

  /** What the command is asked, with what the browser's cookies bring; `inCookies`: the answer goes there, too. */
  read(step: BrowserStep, request: FastifyRequest, input: RouteInput): { input: RouteInput; inCookies: boolean } {
    const { session, ...query } = input.query;
    const asked = session === 'cookie';
    if (session !== undefined && !asked) throw unknownKind();
    if (step === 'finishes_login') {
      const flow = this.cookies.flowOf(request);
      if (!flow) throw new AppError('invalid_token', 'This login was not begun in this browser; begin it again.');
      return { input: { ...input, flow }, inCookies: true };
    }
    const body = input.body as { refreshToken?: unknown } | undefined;
    const refreshToken = step === 'refreshes' && !body?.refreshToken ? this.cookies.refreshTokenOf(request) : null;
    if (!refreshToken) return { input: { ...input, query }, inCookies: asked };
    this.cookies.assertRefreshIntended(request);
    return { input: { ...input, query, body: { ...body, refreshToken } }, inCookies: true };
  }

  /** Puts into cookies what belongs there, and out of the answer. */
  write(step: BrowserStep, reply: FastifyReply, answer: RouteAnswer, inCookies: boolean): RouteAnswer {
    if (step === 'closes') this.cookies.close(reply);
    if (step === 'finishes_login') this.cookies.endFlow(reply);
    if (step === 'begins_login') {
      this.cookies.beginFlow(reply, (answer.body as { flow: string }).flow);
      return { ...answer, body: undefined };
    }
    const session = sessionIn(answer.body);
    if (!inCookies || !session) return answer;
    this.cookies.open(reply, session);
    const { accessToken: _access, refreshToken: _refresh, ...shown } = session;
    return { ...answer, body: step === 'finishes_login' ? undefined : shown };
  }
}

/** Names of the parameters of a route's own that the command never sees. */
export function browserQuery(route: RouteDefinition): RouteDefinition['query'] {
  return route.browser === 'opens' || route.browser === 'refreshes' ? SESSION_QUERY : undefined;
}

function sessionIn(body: unknown): SessionView | null {
  const session = body as SessionView | undefined;
  return session?.accessToken && session.refreshToken ? session : null;
}

function unknownKind(): AppError {
  return new AppError('validation_failed', 'session must be cookie.', {
    errors: [{ path: 'session', code: 'isIn', message: 'must be cookie' }],
  });
}

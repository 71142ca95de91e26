import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '@rpa/testing';
import type { ChildProcess } from 'node:child_process';
import { end, Platform } from './platform.js';

const ADA = {
  email: 'ada@example.com',
  password: 'correct horse battery',
  firstName: 'Ada',
  lastName: 'Lovelace',
  organizationName: 'Analytical Engines',
};

let platform: Platform;
let auth: ChildProcess;
beforeAll(async () => {
  platform = await Platform.start();
  auth = await platform.startAuth();
}, 60_000);
afterAll(() => platform.stop());

interface Session {
  accessToken: string;
  refreshToken: string;
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('register, login, me, refresh and logout over HTTP', () => {
  let session: Session;

  it('registers with 201 and the agreed answer', async () => {
    const { status, headers, body } = await platform.post('/api/v1/auth/register', ADA);
    expect({ status, location: headers.get('location') }).toEqual({ status: 201, location: '/api/v1/auth/me' });
    expect(body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      tokenType: 'Bearer',
      expiresIn: 900,
      user: expect.objectContaining({ email: 'ada@example.com', roles: ['owner'] }),
      organization: { id: expect.any(String), name: 'Analytical Engines', slug: 'analytical-engines' },
    });
    session = body as unknown as Session;
  });

  it('tells who the token speaks for', async () => {
    const { status, body } = await platform.get('/api/v1/auth/me', bearer(session.accessToken));
    expect({ status, user: body['user'] }).toMatchObject({ status: 200, user: { email: 'ada@example.com' } });
  });

  it('logs in', async () => {
    const { email, password } = ADA;
    const { status, body } = await platform.post('/api/v1/auth/login', { email, password });
    expect({ status, tokenType: body['tokenType'] }).toEqual({ status: 200, tokenType: 'Bearer' });
  });

  it('refuses a wrong password with a problem', async () => {
    const { status, body, headers } = await platform.post('/api/v1/auth/login', { ...ADA, password: 'wrong' });
    expect(status).toBe(422);
    const login = await platform.post('/api/v1/auth/login', { email: ADA.email, password: 'wrong' });
    expect(login).toMatchObject({ status: 401, body: { code: 'invalid_credentials', status: 401 } });
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ code: 'validation_failed', errors: expect.any(Array) });
  });

  it('names every unknown and every wrong field at once', async () => {
    const { status, body } = await platform.post('/api/v1/auth/register', { ...ADA, password: 'short', admin: true });
    expect(status).toBe(422);
    const faults = (body['errors'] as { path: string }[]).map((fault) => fault.path).sort();
    expect(faults).toEqual(['admin', 'password']);
  });

  it('answers 409 for an e-mail that is taken', async () => {
    expect(await platform.post('/api/v1/auth/register', ADA)).toMatchObject({
      status: 409,
      body: { code: 'already_exists' },
    });
  });

  it('refreshes, notices a token that comes back from elsewhere, and ends the session', async () => {
    const refresh = (refreshToken: unknown, agent = 'one') =>
      platform.post('/api/v1/auth/refresh', { refreshToken }, { 'user-agent': agent });
    const second = await refresh(session.refreshToken);
    expect(second.status).toBe(200);
    expect(await refresh(session.refreshToken, 'thief')).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    });
    expect(await refresh(second.body['refreshToken'])).toMatchObject({ status: 401 });
  });

  it('logs out with 204', async () => {
    const { email, password } = ADA;
    const { body } = await platform.post('/api/v1/auth/login', { email, password });
    const { refreshToken, accessToken } = body as unknown as Session;
    const closed = await platform.post('/api/v1/auth/logout', { refreshToken }, bearer(accessToken));
    expect(closed).toMatchObject({ status: 204, text: '' });
    expect(await platform.post('/api/v1/auth/refresh', { refreshToken })).toMatchObject({ status: 401 });
  });

  it('throttles guesses per account with 429 and Retry-After', async () => {
    const guess = () => platform.post('/api/v1/auth/login', { email: 'target@example.com', password: 'guess' });
    for (let tries = 0; tries < 10; tries++) expect((await guess()).status).toBe(401);
    const refused = await guess();
    expect(refused).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  });
});

describe('when auth is away', () => {
  it('answers 503 with Retry-After at once, and goes on when auth is back', async () => {
    const token = await platform.tokenOf('viewer');
    const me = () => platform.get('/api/v1/auth/me', bearer(token));
    await end(auth, 'SIGKILL');
    const away = await eventually(async () => {
      const answer = await me();
      expect(answer.status).toBe(503);
      return answer;
    });
    expect(away.body).toMatchObject({ code: 'unavailable' });
    expect(Number(away.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    const health = await platform.get('/api/health');
    expect(health.body).toMatchObject({
      status: 'degraded',
      services: { auth: { ready: false, reason: 'does not run' } },
    });
    auth = await platform.startAuth();
    const { email, password } = ADA;
    expect(await platform.post('/api/v1/auth/login', { email, password })).toMatchObject({ status: 200 });
  }, 60_000);
});

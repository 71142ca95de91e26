import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { closeSession, refreshSession, registerUser, type SessionView } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import type { ClientRef } from '@rpa/messaging';
import { AuthService, CLIENT, newPerson } from './auth-service.js';
import { ForgetExpired } from '../src/sessions/forget-expired.js';

const THIEF: ClientRef = { address: '203.0.113.66', userAgent: 'test' };
const REFUSED = { code: 'invalid_token' };

let auth: AuthService;
let session: SessionView;
beforeAll(async () => {
  auth = await AuthService.start();
});
afterAll(() => auth.stop());
beforeEach(async () => {
  session = await auth.gateway.request(registerUser, newPerson(), { client: CLIENT });
});

const refresh = (refreshToken: string, client = CLIENT) =>
  auth.gateway.request(refreshSession, { refreshToken }, { client });
const sql = (text: string, values: unknown[] = []) => auth.app.get(Database).pool.query(text, values);
/** Moves everything of the session back in time. */
const wait = (seconds: number) =>
  sql(`UPDATE auth.refresh_tokens SET used_at = used_at - make_interval(secs => $2) WHERE organization_id = $1`, [
    session.organization.id,
    seconds,
  ]);

describe('refresh', () => {
  it('trades a token for new ones, again and again, also after a restart', async () => {
    const second = await refresh(session.refreshToken);
    expect(second.refreshToken).not.toBe(session.refreshToken);
    expect(second.user).toEqual(session.user);
    await auth.restart();
    const third = await refresh(second.refreshToken);
    expect(await auth.identity.principal(third.accessToken)).toMatchObject({ userId: session.user.id });
  });

  it('ends the session for everybody when a token comes back after its time', async () => {
    const second = await refresh(session.refreshToken);
    await wait(11);
    await expect(refresh(session.refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(second.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('ends the session when a used token comes from another client, even at once', async () => {
    const second = await refresh(session.refreshToken);
    await expect(refresh(session.refreshToken, THIEF)).rejects.toMatchObject(REFUSED);
    await expect(refresh(second.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('ends the session when a used token comes back after its successor was used', async () => {
    const second = await refresh(session.refreshToken);
    const third = await refresh(second.refreshToken);
    await expect(refresh(session.refreshToken)).rejects.toMatchObject(REFUSED);
    await expect(refresh(third.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('leaves the other sessions of the user alone', async () => {
    const { email } = session.user;
    const other = await auth.signIn(email);
    await refresh(session.refreshToken);
    await expect(refresh(session.refreshToken, THIEF)).rejects.toMatchObject(REFUSED);
    await expect(refresh(other.refreshToken)).resolves.toMatchObject({ tokenType: 'Bearer' });
  });

  it('gives 50 parallel refreshes of one client one and the same successor, which works', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => refresh(session.refreshToken)));
    const successors = new Set(all.map((answer) => answer.refreshToken));
    expect(successors.size).toBe(1);
    await expect(refresh([...successors][0] ?? '')).resolves.toMatchObject({ tokenType: 'Bearer' });
  });

  it('refuses unknown and expired tokens, and what is no token', async () => {
    await expect(refresh('A'.repeat(43))).rejects.toMatchObject(REFUSED);
    await expect(refresh('short')).rejects.toMatchObject({ code: 'validation_failed' });
    await sql('UPDATE auth.refresh_tokens SET expires_at = now() WHERE organization_id = $1', [
      session.organization.id,
    ]);
    await expect(refresh(session.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it('keeps only hashes: no token of an answer is in the tables', async () => {
    const second = await refresh(session.refreshToken);
    const { rows } = await sql(
      'SELECT encode(token_hash, $1) || coalesce(encode(successor_salt, $1), $2) AS kept FROM auth.refresh_tokens',
      ['hex', ''],
    );
    for (const token of [session.refreshToken, second.refreshToken])
      expect(JSON.stringify(rows)).not.toContain(Buffer.from(token, 'base64url').toString('hex'));
    expect(rows.length).toBeGreaterThan(0);
  });

  it('gives a user whose role changed the new permissions', async () => {
    await sql(`UPDATE auth.user_roles SET role_key = 'viewer' WHERE user_id = $1`, [session.user.id]);
    const { accessToken, user } = await refresh(session.refreshToken);
    expect(user.roles).toEqual(['viewer']);
    const principal = await auth.identity.principal(accessToken);
    expect(principal).toMatchObject({ roles: ['viewer'] });
    expect(principal.kind === 'user' && principal.permissions.has('workflows:write')).toBe(false);
  });
});

describe('logout', () => {
  const logout = (refreshToken: string, principal: string) =>
    auth.gateway.request(closeSession, { refreshToken }, { principal });

  it('ends the session, and may be repeated', async () => {
    await logout(session.refreshToken, session.accessToken);
    await logout(session.refreshToken, session.accessToken);
    await expect(refresh(session.refreshToken)).rejects.toMatchObject(REFUSED);
  });

  it("cannot end somebody else's session", async () => {
    const other = await auth.gateway.request(registerUser, newPerson(), { client: CLIENT });
    await logout(session.refreshToken, other.accessToken);
    await expect(refresh(session.refreshToken)).resolves.toMatchObject({ tokenType: 'Bearer' });
  });
});

describe('retention', () => {
  it('forgets sessions a day after they expired, with their tokens', async () => {
    const id = session.organization.id;
    await sql(`UPDATE auth.sessions SET expires_at = now() - interval '25 hours' WHERE organization_id = $1`, [id]);
    expect(await auth.app.get(ForgetExpired).execute()).toBe(1);
    const left = await sql('SELECT 1 FROM auth.refresh_tokens WHERE organization_id = $1', [id]);
    expect(left.rowCount).toBe(0);
  });
});

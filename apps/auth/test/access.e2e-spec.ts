import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader } from 'jose';
import {
  acceptInvitation,
  accessChanged,
  closeSession,
  createApiKey,
  eventWildcard,
  getApiKey,
  getOrganization,
  inviteUser,
  listApiKeys,
  listInvitations,
  listSessions,
  listUserSessions,
  logOutUser,
  redeemApiKey,
  refreshSession,
  revokeApiKey,
  revokeInvitation,
  revokeOtherSessions,
  revokeSession,
  setUserRoles,
  updateOrganization,
  type CommandDefinition,
  type Plain,
  type SessionView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { eventually } from '@rpa/testing';
import { AuthService, CLIENT, newPerson, PASSWORD } from './auth-service.js';
import { ApiKeyUses } from '../src/api-keys/api-key-uses.js';
import { RotateSigningKeys } from '../src/signing-keys/rotate-signing-keys.js';

let auth: AuthService;
let owner: SessionView;
const told: unknown[] = [];
beforeAll(async () => {
  auth = await AuthService.start();
  auth.gateway.subscribe(eventWildcard(accessChanged), (body) => told.push(body));
  await auth.gateway.settled();
}, 60_000);
afterAll(() => auth.stop());
beforeEach(async () => {
  owner = await auth.register();
  told.length = 0;
});

const ask = <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
  as: SessionView | string = owner,
): Promise<Reply> => {
  const principal = typeof as === 'string' ? as : as.accessToken;
  return auth.gateway.request(command, request as NoInfer<Request>, { principal, client: CLIENT });
};
const redeem = async (key: string) =>
  auth.gateway.request(redeemApiKey, { key }, { principal: await auth.identity.serviceToken() });
const sql = (text: string, values: unknown[] = []) => auth.app.get(Database).pool.query(text, values);
const NOT_FOUND = { code: 'not_found' };
const FORBIDDEN = { code: 'forbidden' };
const INVALID = { code: 'invalid_token' };

describe('API keys', () => {
  const scopes = ['workflows:read', 'users:read'] as const;
  const request = { name: 'Deployment', scopes: [...scopes] };

  it('speak for their user with their scopes, and are kept as a hash', async () => {
    const created = await ask(createApiKey, request);
    expect(created.key).toMatch(new RegExp(`^${created.prefix}_`));
    const { accessToken, expiresIn } = await redeem(created.key);
    expect(expiresIn).toBeLessThanOrEqual(60);
    expect(await auth.identity.principal(accessToken)).toMatchObject({
      userId: owner.user.id,
      organizationId: owner.organization.id,
      apiKeyId: created.id,
      permissions: new Set(scopes),
    });
    const { rows } = await sql('SELECT k::text AS line FROM auth.api_keys k WHERE id = $1', [created.id]);
    expect(String(rows[0]?.line)).not.toContain(created.key.split('_')[2]);
    const { key: _key, ...view } = created;
    expect(await ask(getApiKey, { id: created.id })).toEqual(view);
  });

  it('never allow more than their maker may, then or later', async () => {
    const editor = await auth.join(owner, ['editor']);
    await expect(ask(createApiKey, request, editor)).rejects.toMatchObject(FORBIDDEN);
    const { key } = await ask(createApiKey, { ...request, scopes: ['workflows:read', 'workflows:write'] }, editor);
    await ask(setUserRoles, { id: editor.user.id, roles: ['viewer'] });
    const principal = await auth.identity.principal((await redeem(key)).accessToken);
    expect(principal).toMatchObject({ permissions: new Set(['workflows:read']) });
  });

  it('are good no more once they are revoked, and the gateways are told', async () => {
    const { id, key } = await ask(createApiKey, request);
    await ask(revokeApiKey, { id });
    await expect(redeem(key)).rejects.toMatchObject(INVALID);
    await eventually(() => expect(told).toContainEqual({ subject: 'api_key', id }));
    await expect(ask(revokeApiKey, { id })).rejects.toMatchObject(NOT_FOUND);
  });

  it('expire, and cannot be made expired', async () => {
    const expiresAt = new Date(Date.now() + 20_000).toISOString();
    const { id, key } = await ask(createApiKey, { ...request, expiresAt });
    expect((await redeem(key)).expiresIn).toBeLessThanOrEqual(20);
    await sql(`UPDATE auth.api_keys SET expires_at = now() WHERE id = $1`, [id]);
    await expect(redeem(key)).rejects.toMatchObject(INVALID);
    const past = ask(createApiKey, { ...request, expiresAt: '2020-01-01T00:00:00Z' });
    await expect(past).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path: 'expiresAt' }] });
  });

  it("of others are seen and revoked by administrators only, another organization's by nobody", async () => {
    const editor = await auth.join(owner, ['editor']);
    const { id } = await ask(createApiKey, { name: 'Own', scopes: ['workflows:read'] }, editor);
    const viewer = await auth.join(owner, ['viewer']);
    expect((await ask(listApiKeys, {}, viewer)).data).toEqual([]);
    await expect(ask(getApiKey, { id }, viewer)).rejects.toMatchObject(NOT_FOUND);
    await expect(ask(revokeApiKey, { id }, viewer)).rejects.toMatchObject(NOT_FOUND);
    const stranger = await auth.register();
    await expect(ask(getApiKey, { id }, stranger)).rejects.toMatchObject(NOT_FOUND);
    await expect(ask(revokeApiKey, { id }, stranger)).rejects.toMatchObject(NOT_FOUND);
    expect((await ask(listApiKeys, {})).data.map((key) => key.id)).toEqual([id]);
    await ask(revokeApiKey, { id });
  });

  it('cannot make keys, or do what a person must', async () => {
    const { key } = await ask(createApiKey, request);
    const { accessToken } = await redeem(key);
    await expect(ask(createApiKey, { ...request, scopes: ['workflows:read'] }, accessToken)).rejects.toMatchObject(
      FORBIDDEN,
    );
    await expect(ask(listSessions, {}, accessToken)).rejects.toMatchObject(FORBIDDEN);
    await expect(ask(closeSession, {}, accessToken)).rejects.toMatchObject(FORBIDDEN);
  });

  it('count their uses in batches', async () => {
    const { id, key } = await ask(createApiKey, request);
    await redeem(key);
    const principal = await auth.identity.serviceToken();
    await auth.gateway.request(redeemApiKey, { key, uses: 41 }, { principal });
    expect(await ask(getApiKey, { id })).toMatchObject({ useCount: 0, lastUsedAt: null });
    await auth.app.get(ApiKeyUses).write();
    expect(await ask(getApiKey, { id })).toMatchObject({ useCount: 43, lastUsedAt: expect.any(String) });
  });

  it.each(['rpa_x', 'rpa_AAAAAAAAAAAA_' + 'A'.repeat(43), "' OR 1=1 --"])('refuses %s', async (key) => {
    await expect(redeem(key)).rejects.toMatchObject({ code: expect.stringMatching(/invalid_token|validation_failed/) });
  });

  it('are redeemed for the gateway only', async () => {
    const { key } = await ask(createApiKey, request);
    await expect(ask(redeemApiKey, { key })).rejects.toMatchObject(FORBIDDEN);
  });
});

describe('sessions', () => {
  it('are listed with where they were used, and ended one by one or all others', async () => {
    const phone = await auth.signIn(owner.user.email, PASSWORD, { address: '192.0.2.77', userAgent: 'Phone' });
    const { data } = await ask(listSessions, {}, phone);
    expect(data).toMatchObject([
      { clientAddress: '192.0.2.77', userAgent: 'Phone', current: true },
      { clientAddress: CLIENT.address, current: false },
    ]);
    const [, first] = data;
    await ask(revokeSession, { id: first?.id ?? '' }, phone);
    await eventually(() => expect(told).toContainEqual({ subject: 'session', id: first?.id }));
    const refreshed = auth.gateway.request(refreshSession, { refreshToken: owner.refreshToken }, { client: CLIENT });
    await expect(refreshed).rejects.toMatchObject(INVALID);
    await auth.signIn(owner.user.email);
    await ask(revokeOtherSessions, {}, phone);
    expect((await ask(listSessions, {}, phone)).data).toHaveLength(1);
    const other = await auth.register();
    const [own] = (await ask(listSessions, {}, phone)).data;
    await expect(ask(revokeSession, { id: own?.id ?? '' }, other)).rejects.toMatchObject(NOT_FOUND);
  });

  it('of a user are ended by an administrator', async () => {
    const editor = await auth.join(owner, ['editor']);
    const { id } = editor.user;
    expect((await ask(listUserSessions, { id })).data).toHaveLength(1);
    await ask(logOutUser, { id });
    expect((await ask(listUserSessions, { id })).data).toEqual([]);
    const admin = await auth.join(owner, ['admin']);
    await expect(ask(logOutUser, { id: owner.user.id }, admin)).rejects.toMatchObject(FORBIDDEN);
  });

  it('are as many as the organization allows: the oldest ends', async () => {
    await ask(updateOrganization, { security: { maxSessions: 2 } });
    const second = await auth.signIn(owner.user.email);
    await auth.signIn(owner.user.email);
    const refresh = (refreshToken: string) =>
      auth.gateway.request(refreshSession, { refreshToken }, { client: CLIENT });
    await expect(refresh(owner.refreshToken)).rejects.toMatchObject(INVALID);
    await expect(refresh(second.refreshToken)).resolves.toMatchObject({ tokenType: 'Bearer' });
  });
});

describe('the organization', () => {
  it('says what it asks of sign-ins, and keeps what a change leaves out', async () => {
    await ask(updateOrganization, { security: { passwordMaxAgeDays: 90 } });
    await ask(updateOrganization, { name: 'Engines & Sons', security: { maxSessions: 3 } });
    expect(await ask(getOrganization, {})).toMatchObject({
      name: 'Engines & Sons',
      slug: owner.organization.slug,
      security: { passwordMaxAgeDays: 90, maxSessions: 3, passwordHistory: 5, singleSignOnOnly: false },
    });
    const admin = await auth.join(owner, ['admin']);
    await expect(ask(updateOrganization, { name: 'X' }, admin)).rejects.toMatchObject(FORBIDDEN);
  });
});

describe('invitations', () => {
  const invite = (email: string, roles = ['editor'], as = owner) => ask(inviteUser, { email, roles }, as);
  const accept = (token: string, password = PASSWORD) =>
    auth.gateway.request(
      acceptInvitation,
      { token, password, firstName: 'Grace', lastName: 'Hopper' },
      { client: CLIENT },
    );

  it('bring somebody into the organization, once', async () => {
    const { email } = newPerson();
    const { token, link } = await invite(email.toUpperCase());
    expect(link).toBe(`http://localhost:3000/accept-invitation#token=${token}`);
    const session = await accept(token);
    expect(session).toMatchObject({ user: { email, roles: ['editor'] }, organization: owner.organization });
    await expect(accept(token)).rejects.toMatchObject(INVALID);
    expect((await ask(listInvitations, {})).data).toEqual([]);
    const { rows } = await sql('SELECT encode(token_hash, $1) AS hash FROM auth.invitations', ['escape']);
    expect(JSON.stringify(rows)).not.toContain(token);
  });

  it('are used once when two accept at the same moment', async () => {
    const { token } = await invite(newPerson().email);
    const both = await Promise.allSettled([accept(token), accept(token)]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('are replaced by a new one, taken back, and expire', async () => {
    const { email } = newPerson();
    const first = await invite(email);
    const second = await invite(email);
    await expect(accept(first.token)).rejects.toMatchObject(INVALID);
    await ask(revokeInvitation, { id: second.id });
    await expect(accept(second.token)).rejects.toMatchObject(INVALID);
    const third = await invite(email);
    await sql('UPDATE auth.invitations SET expires_at = now() WHERE id = $1', [third.id]);
    await expect(accept(third.token)).rejects.toMatchObject(INVALID);
  });

  it('give no more than who invites has, and none to whom has an account', async () => {
    const admin = await auth.join(owner, ['admin']);
    await expect(invite(newPerson().email, ['owner'], admin)).rejects.toMatchObject(FORBIDDEN);
    await expect(invite(admin.user.email)).rejects.toMatchObject({ code: 'already_exists' });
    const editor = await auth.join(owner, ['editor']);
    await expect(invite(newPerson().email, ['viewer'], editor)).rejects.toMatchObject(FORBIDDEN);
  });

  it('hold the new password to the rules, and stay good after a refusal', async () => {
    const { token } = await invite(newPerson().email);
    await expect(accept(token, 'password12345')).rejects.toMatchObject({
      code: 'validation_failed',
      errors: [{ path: 'password', code: 'leaked' }],
    });
    await expect(accept(token)).resolves.toMatchObject({ tokenType: 'Bearer' });
  });
});

describe('signing keys', () => {
  it('are rotated while tokens of the one before stay good until they expire, also after a restart', async () => {
    const kidOf = (session: SessionView) => decodeProtectedHeader(session.accessToken).kid;
    await sql(`UPDATE auth.signing_keys SET created_at = created_at - interval '31 days' WHERE retired_at IS NULL`);
    await Promise.all([auth.app.get(RotateSigningKeys).execute(), auth.app.get(RotateSigningKeys).execute()]);
    const after = await auth.signIn(owner.user.email);
    expect(kidOf(after)).not.toBe(kidOf(owner));
    await auth.restart();
    const restarted = await auth.signIn(owner.user.email);
    expect(kidOf(restarted)).toBe(kidOf(after));
    const reader = await auth.newReader();
    for (const session of [owner, after, restarted])
      expect(await reader.principal(session.accessToken)).toMatchObject({ userId: owner.user.id });
    const shown = (await reader.keysOfAuth()).map(({ kid }) => kid);
    expect(shown).toEqual(expect.arrayContaining([kidOf(owner), kidOf(after)]));

    await sql(`UPDATE auth.signing_keys SET retired_at = retired_at - interval '2 hours' WHERE retired_at IS NOT NULL`);
    await sql(`UPDATE auth.signing_keys SET created_at = created_at - interval '31 days' WHERE retired_at IS NULL`);
    await auth.app.get(RotateSigningKeys).execute();
    const later = await auth.newReader();
    await expect(later.principal(owner.accessToken)).rejects.toMatchObject(INVALID);
    expect(await later.principal(after.accessToken)).toMatchObject({ userId: owner.user.id });
  });

  it('rest sealed: no private key is in the table', async () => {
    const { rows } = await sql('SELECT encode(private_key, $1) AS sealed FROM auth.signing_keys', ['escape']);
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });
});

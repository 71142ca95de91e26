import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { closeSession, getMe, SYSTEM_ROLES } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { AuthService, PASSWORD } from './auth-service.js';

let auth: AuthService;
beforeAll(async () => {
  auth = await AuthService.start();
});
afterAll(() => auth.stop());

const register = (more = {}) => auth.register(more);
const login = (email: string, password = PASSWORD) => auth.signIn(email, password);

describe('register', () => {
  it('creates an organization with its owner and signs them in', async () => {
    const session = await register({ organizationName: '  Crème & Brûlée GmbH ' });
    expect(session).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 900,
      user: { firstName: 'Ada', roles: ['owner'] },
      organization: { name: 'Crème & Brûlée GmbH', slug: 'creme-brulee-gmbh' },
    });
    const principal = await auth.identity.principal(session.accessToken);
    expect(principal).toMatchObject({
      kind: 'user',
      userId: session.user.id,
      organizationId: session.organization.id,
      organizationSlug: 'creme-brulee-gmbh',
      permissions: new Set(SYSTEM_ROLES.owner),
    });
  });

  it('gives organizations of one name different slugs, also at the same moment', async () => {
    const sessions = await Promise.all(Array.from({ length: 4 }, () => register({ organizationName: 'Twins' })));
    const slugs = sessions.map((session) => session.organization.slug).sort();
    expect(slugs).toEqual(['twins', 'twins-2', 'twins-3', 'twins-4']);
  });

  it('has each e-mail once, whatever its case', async () => {
    const { user } = await register({ email: 'Grace.Hopper@Example.com' });
    expect(user.email).toBe('grace.hopper@example.com');
    await expect(register({ email: 'grace.hopper@EXAMPLE.com' })).rejects.toMatchObject({
      code: 'already_exists',
      errors: [{ path: 'email' }],
    });
  });

  it('has each e-mail once when two register it at the same moment, and leaves no organization behind', async () => {
    const both = [{ organizationName: 'First Racer' }, { organizationName: 'Second Racer' }];
    const results = await Promise.allSettled(both.map((more) => register({ email: 'race@example.com', ...more })));
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { rows } = await auth.app
      .get(Database)
      .pool.query<{ count: string }>(`SELECT count(*) FROM auth.organizations WHERE name LIKE '%Racer'`);
    expect(rows[0]?.count).toBe('1');
  });

  it.each([
    ['a short password', { password: 'elevenchars' }, 'password'],
    ['a password that is too long', { password: 'x'.repeat(201) }, 'password'],
    ['what is no e-mail', { email: 'nobody' }, 'email'],
    ['a password that leaked', { password: 'Password123456!' }, 'password'],
    ['a password made of the name', { password: 'ada-lovelace-1815' }, 'password'],
    ['an empty name', { firstName: '' }, 'firstName'],
    ['NUL in a name', { lastName: 'a\u0000b' }, 'lastName'],
    ['a field that does not exist', { role: 'admin' }, 'role'],
  ])('refuses %s and names the field', async (_what, more, path) => {
    await expect(register(more)).rejects.toMatchObject({ code: 'validation_failed', errors: [{ path }] });
  });

  it('keeps no password, only an Argon2id hash of the agreed cost', async () => {
    const { user } = await register();
    const { rows } = await auth.app
      .get(Database)
      .pool.query<{ password_hash: string }>('SELECT password_hash FROM auth.users WHERE id = $1', [user.id]);
    expect(rows[0]?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });
});

describe('login', () => {
  it('knows the user by e-mail in any case, also after a restart', async () => {
    const { user } = await register({ email: 'kay@example.com' });
    await auth.restart();
    const session = await login('  KAY@example.com ');
    expect(session.user).toEqual(user);
  });

  it('answers the same for an unknown e-mail and a wrong password', async () => {
    await register({ email: 'known@example.com' });
    const answers = await Promise.allSettled([
      login('known@example.com', 'wrong password'),
      login('unknown@example.com', 'wrong password'),
    ]);
    const [wrong, unknown] = answers.map((answer) => answer.status === 'rejected' && answer.reason.toBody());
    expect(wrong).toMatchObject({ code: 'invalid_credentials' });
    expect(unknown).toEqual(wrong);
  });

  it('takes about as long for an unknown e-mail as for a wrong password', async () => {
    await register({ email: 'timed@example.com' });
    const times = new Map<string, number[]>([
      ['timed@example.com', []],
      ['nobody@example.com', []],
    ]);
    // By turns, so that whatever else the machine does slows both down.
    for (let round = 0; round < 9; round++)
      for (const [email, taken] of times) {
        const started = performance.now();
        await login(email, 'wrong password').catch(() => undefined);
        taken.push(performance.now() - started);
      }
    const [known = 0, unknown = 0] = [...times.values()].map((taken) => taken.sort((x, y) => x - y)[4] ?? 0);
    expect(unknown).toBeGreaterThan(known / 3);
  });
});

describe('me', () => {
  it('tells user, organization and permissions', async () => {
    const session = await register();
    const me = await auth.gateway.request(getMe, {}, { principal: session.accessToken });
    expect(me).toEqual({
      user: session.user,
      organization: session.organization,
      permissions: [...SYSTEM_ROLES.owner],
      mfaEnabled: false,
    });
  });

  it('needs a user: nobody, a service and a deleted user are refused', async () => {
    await expect(auth.gateway.request(getMe, {})).rejects.toMatchObject({ code: 'unauthenticated' });
    const principal = await auth.identity.serviceToken();
    await expect(auth.gateway.request(getMe, {}, { principal })).rejects.toMatchObject({ code: 'forbidden' });
    const session = await register();
    await auth.app
      .get(Database)
      .pool.query('UPDATE auth.users SET deleted_at = now() WHERE id = $1', [session.user.id]);
    const asked = auth.gateway.request(getMe, {}, { principal: session.accessToken });
    await expect(asked).rejects.toMatchObject({ code: 'invalid_token' });
    await expect(login(session.user.email)).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('refuses to log out without a principal', async () => {
    const { refreshToken } = await register();
    await expect(auth.gateway.request(closeSession, { refreshToken })).rejects.toMatchObject({
      code: 'unauthenticated',
    });
  });
});

describe('REGISTRATION', () => {
  it('closed lets nobody register, whatever token they have', async () => {
    const closed = await AuthService.start({ REGISTRATION: 'closed', REGISTRATION_TOKEN: 'let me in' });
    try {
      await expect(closed.register()).rejects.toMatchObject({ code: 'forbidden' });
      await expect(closed.register({ registrationToken: 'let me in' })).rejects.toMatchObject({ code: 'forbidden' });
    } finally {
      await closed.stop();
    }
  });

  it('invite lets those register to whom the operator gave the token, and nobody without one', async () => {
    const byToken = await AuthService.start({ REGISTRATION: 'invite', REGISTRATION_TOKEN: 'let me in' });
    try {
      await expect(byToken.register()).rejects.toMatchObject({ code: 'forbidden' });
      await expect(byToken.register({ registrationToken: 'wrong' })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(byToken.register({ registrationToken: 'let me in' })).resolves.toMatchObject({
        tokenType: 'Bearer',
      });
    } finally {
      await byToken.stop();
    }
    const without = await AuthService.start({ REGISTRATION: 'invite', REGISTRATION_TOKEN: '' });
    try {
      await expect(without.register({ registrationToken: 'anything' })).rejects.toMatchObject({ code: 'forbidden' });
    } finally {
      await without.stop();
    }
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, LoginProvider } from '@rpa/testing';
import { Platform, type Answer } from './platform.js';

const PUBLIC_URL = 'http://rpa.example.com';
const PASSWORD = 'correct horse battery staple';
const CALLBACK = `${PUBLIC_URL}/api/v1/auth/oidc/callback`;

interface Person {
  email: string;
  id: string;
  slug: string;
  accessToken: string;
  refreshToken: string;
}

let platform: Platform;
let provider: LoginProvider;
let owner: Person;
let people = 0;
beforeAll(async () => {
  provider = await LoginProvider.start([{ client_id: 'rpa', redirect_uris: [CALLBACK] }]);
  platform = await Platform.start({ PUBLIC_URL });
  await platform.startAuth({
    PUBLIC_URL,
    OIDC_OVER_HTTP: '1',
    EGRESS_ALLOW: new URL(provider.issuer).host,
    LOGIN_ATTEMPTS_PER_ADDRESS: '10000',
  });
}, 60_000);
afterAll(async () => {
  await platform.stop();
  await provider.stop();
});
beforeEach(async () => {
  owner = personOf(await platform.post('/api/v1/auth/register', newRequest()));
});

function newRequest() {
  const email = `person${++people}@example.com`;
  return { email, password: PASSWORD, firstName: 'Ada', lastName: 'Lovelace', organizationName: `Engines ${people}` };
}

function personOf({ status, body }: Answer): Person {
  expect([200, 201]).toContain(status);
  const { user, organization, accessToken, refreshToken } = body as {
    user: { email: string; id: string };
    organization: { slug: string };
    accessToken: string;
    refreshToken: string;
  };
  return { email: user.email, id: user.id, slug: organization.slug, accessToken, refreshToken };
}

const bearer = ({ accessToken }: { accessToken: string }) => ({ authorization: `Bearer ${accessToken}` });
const me = (headers: Record<string, string>) => platform.get('/api/v1/auth/me', headers);
const as = (person: Person, method: string, path: string, body?: unknown) =>
  platform.fetch(method, `/api/v1${path}`, body, bearer(person));

async function join(roles: string[]): Promise<Person> {
  const { email } = newRequest();
  const { body } = await as(owner, 'POST', '/invitations', { email, roles });
  const accepted = { token: body['token'], password: PASSWORD, firstName: 'Grace', lastName: 'Hopper' };
  return personOf(await platform.post('/api/v1/auth/invitations/accept', accepted));
}

/** Cookies of a browser, by name. */
class Browser {
  readonly cookies = new Map<string, { value: string; line: string }>();

  keep({ headers }: Answer): void {
    for (const line of headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const [name, value] = [pair.slice(0, at), pair.slice(at + 1)];
      if (value === '') this.cookies.delete(name);
      else this.cookies.set(name, { value, line });
    }
  }

  headers(csrf = false): Record<string, string> {
    const cookie = [...this.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    return { cookie, ...(csrf && { 'x-csrf-token': this.cookies.get('rpa_csrf')?.value ?? '' }) };
  }

  static async signIn({ email }: { email: string }): Promise<Browser> {
    const browser = new Browser();
    const answer = await platform.post('/api/v1/auth/login?session=cookie', { email, password: PASSWORD });
    expect(answer.status).toBe(200);
    browser.keep(answer);
    return browser;
  }
}

describe('sessions of browsers', () => {
  it('are in cookies that no script and no other site gets, and the answer holds no token', async () => {
    const { email } = owner;
    const answer = await platform.post('/api/v1/auth/login?session=cookie', { email, password: PASSWORD });
    expect(Object.keys(answer.body).sort()).toEqual(['expiresIn', 'organization', 'tokenType', 'user']);
    const browser = new Browser();
    browser.keep(answer);
    const lineOf = (name: string) => browser.cookies.get(name)?.line ?? '';
    for (const name of ['rpa_access', 'rpa_refresh'])
      expect(lineOf(name)).toMatch(/; HttpOnly; SameSite=Strict|; HttpOnly;.*SameSite=Strict/);
    expect(lineOf('rpa_refresh')).toContain('Path=/api/v1/auth;');
    expect(lineOf('rpa_csrf')).not.toContain('HttpOnly');
    expect(await me(browser.headers())).toMatchObject({ status: 200, body: { user: { email } } });
  });

  it('write only with the CSRF token of their own session', async () => {
    const browser = await Browser.signIn(owner);
    const other = await Browser.signIn(await join(['viewer']));
    const rename = (headers: Record<string, string>) =>
      platform.fetch('PATCH', '/api/v1/organization', { name: 'Renamed' }, headers);
    expect(await rename(browser.headers())).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    const foreign = { ...browser.headers(), 'x-csrf-token': other.headers(true)['x-csrf-token'] ?? '' };
    expect(await rename(foreign)).toMatchObject({ status: 403 });
    expect(await rename({ ...browser.headers(), 'x-csrf-token': 'x' })).toMatchObject({ status: 403 });
    expect(await rename(browser.headers(true))).toMatchObject({ status: 200, body: { name: 'Renamed' } });
  });

  it('refresh with their cookie and CSRF token, and end at logout', async () => {
    const browser = await Browser.signIn(owner);
    const before = browser.headers(true);
    expect(await platform.fetch('POST', '/api/v1/auth/refresh', {}, browser.headers())).toMatchObject({ status: 403 });
    const refreshed = await platform.fetch('POST', '/api/v1/auth/refresh', {}, before);
    expect(refreshed).toMatchObject({ status: 200 });
    expect(refreshed.text).not.toContain('oken":"ey');
    browser.keep(refreshed);
    expect(browser.headers()['cookie']).not.toBe(before['cookie']);
    const out = await platform.fetch('POST', '/api/v1/auth/logout', {}, browser.headers(true));
    expect(out.status).toBe(204);
    const kept = browser.headers();
    browser.keep(out);
    expect([...browser.cookies.keys()]).toEqual([]);
    expect(await me(kept)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('are asked for by their name only', async () => {
    const { email } = owner;
    const answer = await platform.post('/api/v1/auth/login?session=local', { email, password: PASSWORD });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'session' }] } });
  });
});

describe('what ends access ends it at once', () => {
  it('logout: the access token is refused from then on, not in a quarter of an hour', async () => {
    expect(await me(bearer(owner))).toMatchObject({ status: 200 });
    expect((await platform.post('/api/v1/auth/logout', {}, bearer(owner))).status).toBe(204);
    expect(await me(bearer(owner))).toMatchObject({
      status: 401,
      body: { code: 'invalid_token', detail: 'The session has ended; log in again.' },
    });
  });

  it('a stolen refresh token: thief and user are both out, access tokens included', async () => {
    const refresh = (refreshToken: string, agent: string) =>
      platform.post('/api/v1/auth/refresh', { refreshToken }, { 'user-agent': agent });
    const second = personOf(await refresh(owner.refreshToken, 'user'));
    expect(await me(bearer(second))).toMatchObject({ status: 200 });
    expect(await refresh(owner.refreshToken, 'thief')).toMatchObject({ status: 401 });
    for (const person of [owner, second]) expect(await me(bearer(person))).toMatchObject({ status: 401 });
    expect(await refresh(second.refreshToken, 'user')).toMatchObject({ status: 401 });
  });

  it('a user who is deactivated, and a role that is taken away', async () => {
    const editor = await join(['editor']);
    const list = () => as(editor, 'GET', '/users');
    expect(await list()).toMatchObject({ status: 403 });
    expect(await as(owner, 'PUT', `/users/${editor.id}/roles`, { roles: ['admin'] })).toMatchObject({ status: 200 });
    expect(await list()).toMatchObject({
      status: 401,
      body: { detail: 'Your rights have changed; refresh the token.' },
    });
    const { refreshToken } = editor;
    const promoted = personOf(await platform.post('/api/v1/auth/refresh', { refreshToken }));
    expect(await as(promoted, 'GET', '/users')).toMatchObject({ status: 200 });
    expect(await as(owner, 'POST', `/users/${editor.id}/deactivate`)).toMatchObject({ status: 200 });
    expect(await as(promoted, 'GET', '/users')).toMatchObject({ status: 401 });
  });

  it('20 refreshes at once leave one session that works', async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => platform.post('/api/v1/auth/refresh', { refreshToken: owner.refreshToken })),
    );
    const [first] = all;
    const { refreshToken } = personOf(first as Answer);
    expect(all.map(({ status, body }) => ({ status, token: body['refreshToken'] }))).toEqual(
      all.map(() => ({ status: 200, token: refreshToken })),
    );
    expect(await me(bearer(personOf(first as Answer)))).toMatchObject({ status: 200 });
  });
});

describe('API keys', () => {
  const makeKey = async (scopes: string[]) => (await as(owner, 'POST', '/api-keys', { name: 'CI', scopes })).body;
  const withKey = (key: unknown, path: string) => platform.get(`/api/v1${path}`, { 'x-api-key': String(key) });

  it('open what their scopes allow, and nothing else', async () => {
    const { key } = await makeKey(['users:read']);
    expect(await withKey(key, '/users')).toMatchObject({ status: 200 });
    expect(await withKey(key, '/organization')).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    expect(await withKey(key, '/auth/me')).toMatchObject({ status: 200, body: { permissions: ['users:read'] } });
    expect(await withKey(key, '/auth/sessions')).toMatchObject({ status: 403 });
  });

  it('are refused from the moment they are revoked', async () => {
    const { key, id } = await makeKey(['users:read']);
    expect(await withKey(key, '/users')).toMatchObject({ status: 200 });
    expect((await as(owner, 'DELETE', `/api-keys/${String(id)}`)).status).toBe(204);
    expect(await withKey(key, '/users')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('follow the rights of their user', async () => {
    const admin = await join(['admin']);
    const { body } = await as(admin, 'POST', '/api-keys', { name: 'CI', scopes: ['users:read'] });
    expect(await withKey(body['key'], '/users')).toMatchObject({ status: 200 });
    await as(owner, 'PUT', `/users/${admin.id}/roles`, { roles: ['viewer'] });
    expect(await withKey(body['key'], '/users')).toMatchObject({ status: 403 });
    await as(owner, 'DELETE', `/users/${admin.id}`);
    expect(await withKey(body['key'], '/users')).toMatchObject({ status: 401 });
  });

  it.each(['x', `rpa_${'A'.repeat(12)}_${'A'.repeat(43)}`])('that are none are refused: %s', async (key) => {
    expect(await withKey(key, '/users')).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
  });

  it('are not mixed with tokens', async () => {
    const { key } = await makeKey(['users:read']);
    const answer = await platform.get('/api/v1/users', { ...bearer(owner), 'x-api-key': String(key) });
    expect(answer).toMatchObject({ status: 401 });
  });
});

describe('whether an account exists', () => {
  it('is told by neither login nor a forgotten password', async () => {
    const shown = ({ status, body: { traceId: _traceId, ...rest } }: Answer) => ({ status, rest });
    const login = (email: string) => platform.post('/api/v1/auth/login', { email, password: 'wrong password' });
    expect(shown(await login(owner.email))).toEqual(shown(await login('nobody-here@example.com')));
    const forgot = (email: string) => platform.post('/api/v1/auth/password/forgot', { email });
    expect(shown(await forgot(owner.email))).toEqual(shown(await forgot('nobody-here@example.com')));
  });
});

describe('sign-in through a provider', () => {
  const start = () => `/api/v1/auth/oidc/${owner.slug}/test/login`;
  const go = async (path: string, headers: Record<string, string> = {}): Promise<Answer> => {
    const response = await fetch(`${platform.gateway.url}${path}`, { headers, redirect: 'manual' });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : {} };
  };

  beforeEach(async () => {
    const { issuer } = provider;
    const settings = { key: 'test', name: 'Test', issuer, clientId: 'rpa', defaultRoles: ['viewer'] };
    expect(await as(owner, 'POST', '/organization/oidc-providers', settings)).toMatchObject({ status: 201 });
    const { email } = newRequest();
    provider.person = { sub: email, email, email_verified: true, given_name: 'Kay', family_name: 'McNulty' };
  });

  it('comes back into the same browser with a session of cookies, at the configured address only', async () => {
    const browser = new Browser();
    const begun = await go(`${start()}?returnTo=/workflows`, {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
    });
    expect(begun.status).toBe(302);
    browser.keep(begun);
    expect(browser.cookies.get('rpa_flow')?.line).toMatch(/Path=\/api\/v1\/auth\/oidc; HttpOnly; SameSite=Lax/);
    const back = await provider.visit(begun.headers.get('location') ?? '');
    expect(back.startsWith(CALLBACK)).toBe(true);
    const path = `/api/v1/auth/oidc/callback${new URL(back).search}`;
    expect(await go(path)).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    const done = await go(path, { ...browser.headers(), host: 'evil.example' });
    expect({ status: done.status, location: done.headers.get('location'), text: done.text }).toEqual({
      status: 302,
      location: `${PUBLIC_URL}/workflows`,
      text: '',
    });
    browser.keep(done);
    expect([...browser.cookies.keys()].sort()).toEqual(['rpa_access', 'rpa_csrf', 'rpa_refresh']);
    expect(await me(browser.headers())).toMatchObject({ status: 200, body: { user: { firstName: 'Kay' } } });
  });

  it.each(['//evil.example', 'https://evil.example/', '/%5Cevil.example'])(
    'goes nowhere else: %s',
    async (returnTo) => {
      expect(await go(`${start()}?returnTo=${returnTo}`)).toMatchObject({ status: 422 });
    },
  );
});

describe('JWKS', () => {
  it('shows the key that signs at present', async () => {
    const [header = ''] = owner.accessToken.split('.');
    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string };
    await eventually(async () => {
      const { body } = await platform.get('/api/v1/auth/jwks');
      expect((body['keys'] as { kid: string; d?: string }[]).map((key) => key.kid)).toContain(kid);
      expect(JSON.stringify(body)).not.toContain('"d"');
    });
  });
});

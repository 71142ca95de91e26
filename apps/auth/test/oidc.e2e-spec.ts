import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  beginOidcLogin,
  createOidcProvider,
  createRole,
  deactivateUser,
  deleteOidcProvider,
  finishOidcLogin,
  getUser,
  listLoginProviders,
  listOidcProviders,
  updateOidcProvider,
  type CommandDefinition,
  type CreateOidcProviderRequest,
  type FinishOidcLoginReply,
  type Plain,
  type SessionView,
} from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { LoginProvider, type ProviderPerson } from '@rpa/testing';
import { AuthService, CLIENT, newPerson } from './auth-service.js';

const PUBLIC_URL = 'https://rpa.example.com';
const CALLBACK = `${PUBLIC_URL}/api/v1/auth/oidc/callback`;
const SECRET = 'client secret of the test';
const INVALID = { code: 'invalid_token' };
const FORBIDDEN = { code: 'forbidden' };

let auth: AuthService;
let provider: LoginProvider;
let owner: SessionView;
beforeAll(async () => {
  provider = await LoginProvider.start([
    { client_id: 'rpa', client_secret: SECRET, redirect_uris: [CALLBACK] },
    { client_id: 'rpa-public', redirect_uris: [CALLBACK] },
  ]);
  auth = await AuthService.start({
    PUBLIC_URL,
    OIDC_OVER_HTTP: '1',
    EGRESS_ALLOW: new URL(provider.issuer).host,
  });
}, 60_000);
afterAll(async () => {
  await auth.stop();
  await provider.stop();
});
beforeEach(async () => {
  owner = await auth.register();
});

const ask = <Request extends object, Reply extends object>(
  command: CommandDefinition<Request, Reply>,
  request: Plain<Request>,
  as: SessionView = owner,
): Promise<Reply> =>
  auth.gateway.request(command, request as NoInfer<Request>, { principal: as.accessToken, client: CLIENT });
const setUp = (more: Partial<CreateOidcProviderRequest> = {}) =>
  ask(createOidcProvider, {
    key: 'test',
    name: 'Test login',
    issuer: provider.issuer,
    clientId: 'rpa',
    clientSecret: SECRET,
    scopes: ['groups'],
    groupMappings: [{ group: 'automation', role: 'editor' }],
    defaultRoles: ['viewer'],
    ...more,
  });
const begin = (returnTo?: string) =>
  auth.gateway.request(beginOidcLogin, {
    organization: owner.organization.slug,
    provider: 'test',
    ...(returnTo !== undefined && { returnTo }),
  });
const finish = (query: string, flow: string): Promise<FinishOidcLoginReply> =>
  auth.gateway.request(finishOidcLogin, { query, flow }, { client: CLIENT });
const queryOf = (url: string) => new URL(url).search.slice(1);

function newColleague(more: Partial<ProviderPerson> = {}): ProviderPerson {
  const { email } = newPerson();
  return {
    sub: `sub-${email}`,
    email,
    email_verified: true,
    given_name: 'Grace',
    family_name: 'Hopper',
    groups: ['staff', 'automation'],
    ...more,
  };
}

async function signIn(person: ProviderPerson, returnTo?: string): Promise<FinishOidcLoginReply> {
  provider.person = person;
  const { url, flow } = await begin(returnTo);
  return finish(queryOf(await provider.visit(url)), flow);
}

describe('sign-in through a provider', () => {
  it('makes a user at the first time, with the roles of their groups, and knows them afterwards', async () => {
    const view = await setUp();
    expect(view).toMatchObject({ confidential: true, redirectUri: CALLBACK });
    const person = newColleague();
    const first = await signIn(person, '/workflows?tab=mine');
    expect(first).toMatchObject({
      redirectTo: `${PUBLIC_URL}/workflows?tab=mine`,
      session: {
        organization: owner.organization,
        user: { email: person.email, firstName: 'Grace', lastName: 'Hopper', roles: ['editor'] },
      },
    });
    const again = await signIn({ ...person, email: 'renamed@example.com' });
    expect(again.session?.user.id).toBe(first.session?.user.id);
    await expect(auth.login(String(person.email))).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('uses PKCE with S256, a state and a nonce, each new, and asks for what it needs', async () => {
    await setUp();
    const [a, b] = [new URL((await begin()).url), new URL((await begin()).url)];
    expect(Object.fromEntries(a.searchParams)).toMatchObject({
      response_type: 'code',
      client_id: 'rpa',
      redirect_uri: CALLBACK,
      scope: 'openid email profile groups',
      code_challenge_method: 'S256',
    });
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(a.searchParams.get(name)?.length).toBeGreaterThan(30);
      expect(a.searchParams.get(name)).not.toBe(b.searchParams.get(name));
    }
  });

  it('works for a public client, by PKCE alone', async () => {
    const { clientSecret: _none, ...rest } = { clientSecret: undefined };
    await ask(createOidcProvider, {
      ...rest,
      key: 'test',
      name: 'Public',
      issuer: provider.issuer,
      clientId: 'rpa-public',
      defaultRoles: ['viewer'],
    });
    expect(await signIn(newColleague())).toMatchObject({ session: { user: { roles: ['viewer'] } } });
  });

  it('gives the default roles without a group that maps, and refuses where there are none', async () => {
    await setUp();
    expect(await signIn(newColleague({ groups: ['staff'] }))).toMatchObject({
      session: { user: { roles: ['viewer'] } },
    });
    const { data } = await ask(listOidcProviders, {});
    const [{ id = '' } = {}] = data;
    const settings = { id, name: 'Test', issuer: provider.issuer, clientId: 'rpa', scopes: ['groups'] };
    await ask(updateOidcProvider, { ...settings, groupMappings: [{ group: 'automation', role: 'editor' }] });
    await expect(signIn(newColleague({ groups: ['staff'] }))).rejects.toMatchObject(FORBIDDEN);
  });

  it('follows changes of groups at each login, but never takes an owner from the organization', async () => {
    await setUp();
    const person = newColleague();
    const { session } = await signIn(person);
    const demoted = await signIn({ ...person, groups: [] });
    expect(demoted.session?.user.roles).toEqual(['viewer']);
    expect(await auth.identity.principal(demoted.session?.accessToken ?? '')).toMatchObject({ roles: ['viewer'] });
    expect(await ask(getUser, { id: session?.user.id ?? '' })).toMatchObject({ roles: ['viewer'] });
    const own = await signIn(newColleague({ email: owner.user.email, groups: ['automation'] }));
    expect(own.session?.user).toMatchObject({ id: owner.user.id, roles: ['owner'] });
  });

  it('is the account of a verified address, and nobody becomes somebody else by an unverified one', async () => {
    await setUp();
    const editor = await auth.join(owner, ['editor']);
    const { email } = editor.user;
    for (const email_verified of [false, undefined])
      await expect(signIn(newColleague({ email, ...{ email_verified } }))).rejects.toMatchObject({
        code: expect.stringMatching(/forbidden|already_exists/),
      });
    expect(await signIn(newColleague({ email }))).toMatchObject({ session: { user: { id: editor.user.id } } });
    const stranger = await auth.register();
    await expect(signIn(newColleague({ email: stranger.user.email }))).rejects.toMatchObject({
      code: 'already_exists',
    });
  });

  it('makes nobody where that is turned off, and lets nobody in who was locked out', async () => {
    await setUp({ createUsers: false });
    await expect(signIn(newColleague())).rejects.toMatchObject(FORBIDDEN);
    const editor = await auth.join(owner, ['editor']);
    const person = newColleague({ email: editor.user.email });
    await signIn(person);
    await ask(deactivateUser, { id: editor.user.id });
    await expect(signIn(person)).rejects.toMatchObject(FORBIDDEN);
  });
});

describe('a login at a provider that is not what it should be', () => {
  it('is refused with another state, another browser, a changed or missing code, and a second time', async () => {
    await setUp();
    provider.person = newColleague();
    const mine = await begin();
    const query = queryOf(await provider.visit(mine.url));
    const others = await begin();
    const changed = (change: (query: URLSearchParams) => void): string => {
      const all = new URLSearchParams(query);
      change(all);
      return all.toString();
    };
    await expect(finish(query, others.flow)).rejects.toMatchObject(INVALID);
    await expect(
      finish(
        changed((all) => all.set('state', 'x')),
        mine.flow,
      ),
    ).rejects.toMatchObject(INVALID);
    await expect(
      finish(
        changed((all) => all.delete('state')),
        mine.flow,
      ),
    ).rejects.toMatchObject(INVALID);
    await expect(
      finish(
        changed((all) => all.set('iss', 'https://evil.example')),
        mine.flow,
      ),
    ).rejects.toMatchObject(INVALID);
    await expect(finish('error=access_denied', mine.flow)).rejects.toMatchObject(INVALID);
    await expect(finish(query, `${mine.flow.slice(0, -3)}AAA`)).rejects.toMatchObject(INVALID);
    await expect(finish(query, 'AAAA')).rejects.toMatchObject(INVALID);
    await expect(finish(query, mine.flow)).resolves.toMatchObject({ session: { tokenType: 'Bearer' } });
    await expect(finish(query, mine.flow)).rejects.toMatchObject(INVALID);
  });

  it('is refused when the code was got with another verifier (a stolen code)', async () => {
    await setUp();
    provider.person = newColleague();
    const victim = await begin();
    const stolen = new URLSearchParams(queryOf(await provider.visit(victim.url)));
    const thief = await begin();
    stolen.set('state', new URL(thief.url).searchParams.get('state') ?? '');
    await expect(finish(stolen.toString(), thief.flow)).rejects.toMatchObject(INVALID);
  });

  it.each(['//evil.example', 'https://evil.example', '/\\evil.example', 'javascript:alert(1)', '/a\u0000b', '/a b'])(
    'goes nowhere else afterwards: %s',
    async (returnTo) => {
      await setUp();
      await expect(begin(returnTo)).rejects.toMatchObject({
        code: 'validation_failed',
        errors: [{ path: 'returnTo' }],
      });
    },
  );
});

describe('providers', () => {
  it('are set up only by who may do everything, since whoever they vouch for gets in', async () => {
    await ask(createRole, { key: 'janitor', name: 'Janitor', permissions: ['settings:read', 'settings:write'] });
    const { id } = await setUp();
    const request = { name: 'X', issuer: provider.issuer, clientId: 'rpa' };
    for (const role of ['admin', 'janitor']) {
      const member = await auth.join(owner, [role]);
      await expect(ask(createOidcProvider, { ...request, key: 'x' }, member)).rejects.toMatchObject(FORBIDDEN);
      await expect(ask(updateOidcProvider, { ...request, id }, member)).rejects.toMatchObject(FORBIDDEN);
    }
  });

  it('keep their secret to themselves: sealed, and in no answer', async () => {
    const view = await setUp();
    expect(JSON.stringify(view)).not.toContain(SECRET);
    const { rows } = await auth.app
      .get(Database)
      .pool.query('SELECT p::text AS line, encode(client_secret, $1) AS sealed FROM auth.oidc_providers p', ['escape']);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });

  it('belong to their organization', async () => {
    const { id } = await setUp();
    const other = await auth.register();
    expect((await ask(listOidcProviders, {}, other)).data).toEqual([]);
    await expect(ask(deleteOidcProvider, { id }, other)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are offered at login while they are enabled; an unknown organization looks like one without any', async () => {
    const { id } = await setUp();
    const { slug } = owner.organization;
    const offered = async (organization: string) =>
      (await auth.gateway.request(listLoginProviders, { organization })).data;
    expect(await offered(slug)).toEqual([
      { key: 'test', name: 'Test login', url: `/api/v1/auth/oidc/${slug}/test/login` },
    ]);
    expect(await offered('nobody-here')).toEqual([]);
    await ask(deleteOidcProvider, { id });
    expect(await offered(slug)).toEqual([]);
    await expect(begin()).rejects.toMatchObject({ code: 'not_found' });
  });

  it('that are private addresses are not asked, and those that do not answer are named', async () => {
    await setUp({ issuer: 'http://169.254.169.254' });
    await expect(begin()).rejects.toMatchObject({
      code: 'upstream_failed',
      message: expect.stringContaining("'test'"),
    });
  });

  it('name roles that exist', async () => {
    await expect(setUp({ defaultRoles: ['ghost'] })).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

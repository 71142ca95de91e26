import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  beginConnect,
  finishConnect,
  getCredential,
  rotateCredential,
  SYSTEM_ROLES,
  testCredential,
  type CredentialView,
  type JsonObject,
} from '@rpa/contracts';
import { AuthorizationServer } from './authorization-server.js';
import { VaultScenario } from './vault-scenario.js';

describe('oauth2 credentials', () => {
  let scenario: VaultScenario;
  let server: AuthorizationServer;
  beforeAll(async () => {
    scenario = await VaultScenario.start();
    server = await AuthorizationServer.start();
  });
  beforeEach(() => {
    server.asked.length = 0;
    server.expiresIn = 3_600;
    server.delayMs = 0;
  });
  afterAll(async () => {
    server.close();
    await scenario.close();
  });

  const create = (key: string, more: JsonObject = {}): Promise<CredentialView> => {
    const { id: clientId, secret: clientSecret } = server.client;
    const data = { clientId, clientSecret, tokenUrl: `${server.url}/token`, ...more };
    return scenario.create(key, { type: 'oauth2', data });
  };
  const redeem = async (key: string) => scenario.redeem(await scenario.grantFor(key));
  const health = async (id: string) =>
    (await scenario.gateway.request(getCredential, { id }, await scenario.user())).health;
  const forPerson = (): JsonObject => ({
    grantType: 'authorization_code',
    authorizationUrl: `${server.url}/authorize?tenant=7`,
    scopes: ['orders', 'offline_access'],
  });
  /** A token that lives for a second. */
  const expired = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1_050));
  async function connect(id: string, userId: string = randomUUID()): Promise<string> {
    const as = await scenario.user(SYSTEM_ROLES.editor, scenario.organization, { userId });
    const { url } = await scenario.gateway.request(beginConnect, { id }, as);
    const back = server.consent(url).searchParams;
    const request = { state: back.get('state') ?? '', code: back.get('code') ?? '' };
    await scenario.gateway.request(finishConnect, request, as);
    return url;
  }

  it('gives a step the access token alone, fetched once and kept', async () => {
    const { id } = await create('plain', { scopes: ['orders'] });
    const first = await redeem('plain');
    expect(first).toEqual({
      type: 'oauth2',
      data: { accessToken: expect.stringMatching(/^access-/), tokenType: 'bearer', expiresAt: expect.any(String) },
    });
    expect(await redeem('plain')).toEqual(first);
    expect(server.asked).toEqual(['client_credentials']);
    expect(await health(id)).toMatchObject({ status: 'ok' });
    const { rows } = await scenario.sql.query(
      'SELECT sealed FROM credentials_vault.oauth_tokens WHERE credential_id = $1',
      [id],
    );
    expect((rows as { sealed: Buffer }[])[0]?.sealed.toString('latin1')).not.toContain('access-');
  });

  it('proves the client in the body where the server wants it so', async () => {
    await create('posted', { clientAuthentication: 'post' });
    expect(await redeem('posted')).toMatchObject({ type: 'oauth2' });
  });

  it('renews a token before it ends, once however many ask', async () => {
    server.expiresIn = 2;
    await create('short');
    await redeem('short');
    // More than half of its life is over.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    server.expiresIn = 3_600;
    server.delayMs = 100;
    server.asked.length = 0;
    const tokens = await Promise.all(Array.from({ length: 12 }, () => redeem('short')));
    expect(new Set(tokens.map((token) => token.data['accessToken'])).size).toBe(1);
    expect(server.asked).toEqual(['client_credentials']);
  });

  it('connects a person by code and PKCE, trades each refresh token once, and stores before it uses', async () => {
    const { id } = await create('person', forPerson());
    await expect(redeem('person')).rejects.toMatchObject({ code: 'credential_refused' });
    expect(await health(id)).toMatchObject({ status: 'unconnected' });
    server.expiresIn = 1;
    const url = new URL(await connect(id));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      tenant: '7',
      response_type: 'code',
      redirect_uri: 'http://localhost:3000/oauth/connected',
      scope: 'orders offline_access',
      code_challenge_method: 'S256',
    });
    expect(await health(id)).toMatchObject({ status: 'ok' });
    expect(await scenario.audited('credential.connected', id)).toHaveLength(1);
    await expired();
    await redeem('person');
    await scenario.vault.stop();
    scenario.vault = await scenario.launch();
    await expired();
    server.expiresIn = 3_600;
    await Promise.all(Array.from({ length: 5 }, () => redeem('person')));
    expect(server.asked).toEqual(['authorization_code', 'refresh_token', 'refresh_token']);
  });

  it('says that consent is lost, and takes it again', async () => {
    const { id } = await create('lost', forPerson());
    server.expiresIn = 1;
    await connect(id);
    server.revokeAll();
    await expired();
    await expect(redeem('lost')).rejects.toMatchObject({ code: 'credential_refused' });
    expect(await health(id)).toMatchObject({
      status: 'unconnected',
      message: expect.stringContaining('invalid_grant'),
    });
    await connect(id);
    expect(await redeem('lost')).toMatchObject({ type: 'oauth2' });
  });

  it('takes a state once, from the one who began, and not from another organization', async () => {
    const { id } = await create('stolen', forPerson());
    const userId = randomUUID();
    const mine = await scenario.user(SYSTEM_ROLES.editor, scenario.organization, { userId });
    const { url } = await scenario.gateway.request(beginConnect, { id }, mine);
    const back = server.consent(url).searchParams;
    const request = { state: back.get('state') ?? '', code: back.get('code') ?? '' };
    const colleague = await scenario.user();
    const stranger = await scenario.user(SYSTEM_ROLES.owner, scenario.stranger, { userId });
    for (const thief of [colleague, stranger])
      await expect(scenario.gateway.request(finishConnect, request, thief)).rejects.toMatchObject({
        code: 'validation_failed',
      });
    await scenario.gateway.request(finishConnect, request, mine);
    await expect(scenario.gateway.request(finishConnect, request, mine)).rejects.toMatchObject({
      code: 'validation_failed',
    });
    const again = await scenario.gateway.request(beginConnect, { id }, mine);
    const state = new URL(again.url).searchParams.get('state') ?? '';
    await expect(
      scenario.gateway.request(finishConnect, { state, error: 'access_denied' }, mine),
    ).rejects.toMatchObject({ code: 'credential_refused', message: expect.stringContaining('access_denied') as never });
  });

  it('keeps using a token that still works when its server is away, and tells a failure apart from a refusal', async () => {
    const { id } = await create('flaky');
    server.failing = 1;
    await expect(redeem('flaky')).rejects.toMatchObject({ retryable: true });
    expect(await health(id)).toMatchObject({ status: 'failing' });
    expect(await redeem('flaky')).toMatchObject({ type: 'oauth2' });
    await create('wrong', { clientSecret: 'no' });
    await expect(redeem('wrong')).rejects.toMatchObject({ code: 'credential_refused', retryable: false });
    const wrong = await create('wrong-too', { clientSecret: 'no' });
    expect(await scenario.gateway.request(testCredential, { id: wrong.id }, await scenario.user())).toMatchObject({
      ok: false,
      checked: 'token',
    });
  });

  it('fetches a new token on demand, and keeps consent when only the client secret changes', async () => {
    const { id } = await create('renewed', forPerson());
    await connect(id);
    const before = await redeem('renewed');
    await scenario.gateway.request(rotateCredential, { id }, await scenario.user());
    const after = await redeem('renewed');
    expect(after.data['accessToken']).not.toBe(before.data['accessToken']);
    const data = { clientSecret: server.client.secret };
    await scenario.gateway.request(rotateCredential, { id, data }, await scenario.user());
    expect(await redeem('renewed')).toEqual(after);
  });

  it('sends secrets over TLS only, and nowhere that the guard forbids', async () => {
    await expect(create('insecure', { tokenUrl: 'http://example.com/token' })).rejects.toMatchObject({
      errors: [{ path: 'data.tokenUrl', code: 'url' }],
    });
    await create('inside', { tokenUrl: 'https://169.254.169.254/token' });
    await expect(redeem('inside')).rejects.toMatchObject({ code: 'credential_refused', retryable: false });
  });
});

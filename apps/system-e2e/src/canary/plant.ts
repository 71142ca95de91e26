import { randomBytes } from 'node:crypto';
import { must } from '../authorization/organization.js';
import type { Answer, Client } from '../client.js';

/** Secrets by name; those that were sent must never come back, those that were made are shown once. */
export class Canaries {
  readonly all = new Map<string, string>();
  readonly sent = new Map<string, string>();

  /** A new secret that somebody sends us. */
  send(name: string): string {
    const secret = `Canary7-${name}-${randomBytes(12).toString('hex')}`;
    this.all.set(name, secret);
    this.sent.set(name, secret);
    return secret;
  }

  /** One that we made and showed. */
  made(name: string, secret: unknown): string {
    if (typeof secret !== 'string' || secret.length < 16) throw new Error(`${name} is no secret: ${String(secret)}`);
    this.all.set(name, secret);
    return secret;
  }
}

/** Credentials of every type; answers their keys by type, for those that `http_request` can use. */
export async function plantCredentials(owner: Client, canaries: Canaries, tokenUrl: string): Promise<string[]> {
  const usable: string[] = [];
  const create = async (key: string, type: string, data: object): Promise<void> => {
    await must(owner.post('/credentials', { name: key, key, type, data }), 201);
    if (['api_key', 'bearer', 'basic_auth', 'oauth2'].includes(type)) usable.push(key);
  };
  for (let n = 0; n < 6; n++) {
    await create(`header_${n}`, 'api_key', { name: 'x-api-key', key: canaries.send(`header_${n}`) });
    await create(`query_${n}`, 'api_key', { name: 'key', in: 'query', key: canaries.send(`query_${n}`) });
    await create(`bearer_${n}`, 'bearer', { token: canaries.send(`bearer_${n}`) });
    await create(`basic_${n}`, 'basic_auth', { username: 'ada', password: canaries.send(`basic_${n}`) });
    await create(`custom_${n}`, 'custom', {
      one: canaries.send(`custom_${n}_one`),
      two: canaries.send(`custom_${n}_two`),
    });
  }
  await create('oauth', 'oauth2', { clientId: 'rpa', clientSecret: canaries.send('oauth_client'), tokenUrl });
  const login = { host: 'db.example.com', database: 'shop', username: 'ada' };
  await create('database', 'database', { ...login, password: canaries.send('database') });
  await create('key', 'private_key', {
    privateKey: canaries.send('private_key'),
    passphrase: canaries.send('passphrase'),
  });
  return usable;
}

/** Everything else that is secret at the door; answers what was answered, but for what is shown once. */
export async function plantAccess(anonymous: Client, owner: Client, canaries: Canaries): Promise<Answer<unknown>[]> {
  const answers: Answer<unknown>[] = [];
  const seen = async <Body>(sent: Promise<Answer<Body>>): Promise<Body> => {
    const answer = await sent;
    answers.push(answer);
    return answer.body;
  };
  for (const name of ['wrong_password', 'unknown_user'])
    await seen(anonymous.post('/auth/login', { email: `${name}@example.com`, password: canaries.send(name) }));
  await seen(anonymous.as(canaries.send('forged_token')).get('/auth/me'));
  await seen(anonymous.withKey(canaries.send('forged_key')).get('/auth/me'));
  await seen(anonymous.post('/auth/refresh', { refreshToken: canaries.send('forged_refresh') }));
  await seen(
    owner.post('/credentials', { name: 'x', key: 'x', type: 'nope', data: { key: canaries.send('bad_type') } }),
  );
  await seen(
    owner.post('/credentials', { name: 'x', key: 'x', type: 'api_key', data: { kee: canaries.send('bad_field') } }),
  );
  const login = { issuer: 'https://login.example.com', clientId: 'rpa', name: 'Login', key: 'login' };
  await seen(owner.post('/organization/oidc-providers', { ...login, clientSecret: canaries.send('oidc_client') }));
  const { key } = await must<{ key: string }>(owner.post('/api-keys', { name: 'ci', scopes: ['workflows:read'] }), 201);
  canaries.made('api_key', key);
  await seen(anonymous.withKey(key).get('/workflows'));
  const publisher = await must<{ password: string }>(owner.post('/event-publishers', { name: 'shop' }), 201);
  canaries.made('publisher', publisher.password);
  const invited = await must<{ token: string }>(
    owner.post('/invitations', { email: `ada-${Date.now()}@example.com`, roles: ['viewer'] }),
    201,
  );
  canaries.made('invitation', invited.token);
  const person = { password: canaries.send('invited_password'), firstName: 'Ada', lastName: 'Tester' };
  const session = await must<{ refreshToken: string; accessToken: string }>(
    anonymous.post('/auth/invitations/accept', { token: invited.token, ...person }),
    201,
  );
  canaries.made('refresh_token', session.refreshToken);
  canaries.made('access_token', session.accessToken);
  await seen(anonymous.as(session.accessToken).get('/auth/me'));
  return answers;
}

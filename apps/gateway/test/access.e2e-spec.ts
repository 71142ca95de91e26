import { createHmac, createPublicKey, createSign, generateKeyPairSync, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { listSigningKeys, SYSTEM_ROLES, type SystemRole } from '@rpa/contracts';
import { createLogger, Metrics, ServiceDoor } from '@rpa/platform';
import { ROUTES } from '../src/routes/routes.js';
import { Platform } from './platform.js';

const ID = '0198c1f0-0000-7000-8000-000000000001';
const routes = Object.values(ROUTES).flat();
const protectedRoutes = routes.filter((route) => !('public' in route.command.access));
const pathOf = (path: string): string =>
  `/api/v1${path.replace(/\{(\w+)\}/g, (_all, name: string) => (/id$/i.test(name) ? ID : '1'))}`;
const bodyOf = (method: string): object | undefined => (method === 'GET' || method === 'DELETE' ? undefined : {});
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

let platform: Platform;
beforeAll(async () => {
  platform = await Platform.start();
  await answerSigningKeys();
});
afterAll(() => platform.stop());

/** Auth without a rotated key: one that a token names and nobody has is then known to be none. */
async function answerSigningKeys(): Promise<void> {
  const [bus, identity] = await Promise.all([platform.connectAs('auth'), platform.identity('auth')]);
  const logger = createLogger({ service: 'auth', level: 'silent', format: 'json' });
  const door = new ServiceDoor(identity, logger, new Metrics('auth'), null);
  bus.responder.handle(listSigningKeys, door, () => ({ certificates: [] }));
  await bus.settled();
}

describe('deny by default', () => {
  it('has routes to check', () => {
    expect(protectedRoutes.length).toBeGreaterThan(5);
  });

  it.each(protectedRoutes.map((route) => [route.method, route.path]))('%s %s needs a token', async (method, path) => {
    const answer = await platform.fetch(method, pathOf(path), bodyOf(method));
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated', status: 401 } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  });

  const cases = protectedRoutes.flatMap(({ method, path, command: { access } }) =>
    'permission' in access
      ? (Object.keys(SYSTEM_ROLES) as SystemRole[]).map((role) => {
          return { role, method, path, allowed: (SYSTEM_ROLES[role] as readonly string[]).includes(access.permission) };
        })
      : [],
  );

  it.each(cases)('$role: $method $path is allowed: $allowed', async ({ role, method, path, allowed }) => {
    const answer = await platform.fetch(method, pathOf(path), bodyOf(method), bearer(await platform.tokenOf(role)));
    // Nobody but the gateway runs here: what it lets pass finds no service, or is refused for its contents.
    if (allowed) expect(answer.body['code']).not.toBe('forbidden');
    else expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });

  it('opens only what is listed as anonymous', async () => {
    const anonymous = routes.filter((route) => 'public' in route.command.access).map((route) => route.path);
    expect(anonymous.filter((path) => path.startsWith('/auth/')).sort()).toEqual([
      '/auth/invitations/accept',
      '/auth/login',
      '/auth/mfa/verify',
      '/auth/oidc/callback',
      '/auth/oidc/{organization}/providers',
      '/auth/oidc/{organization}/{provider}/login',
      '/auth/password/forgot',
      '/auth/password/renew',
      '/auth/password/reset',
      '/auth/refresh',
      '/auth/register',
    ]);
    // What is not about signing in carries its own proof: a signed ticket or link.
    expect(anonymous.filter((path) => !/^\/(auth|files|approval-links)\//.test(path))).toEqual([]);
    for (const path of ['/', '/docs', '/docs/openapi.json', '/api/health', '/api/health/live', '/api/v1/auth/jwks'])
      expect({ path, status: (await platform.get(path)).status }).toEqual({ path, status: 200 });
  });
});

describe('forged and stale tokens', () => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    iss: 'auth',
    aud: 'rpa',
    sub: ID,
    org: ID,
    slug: 'acme',
    roles: ['owner'],
    perms: SYSTEM_ROLES.owner,
    iat: now,
    exp: now + 600,
  };
  const keys = () => (JSON.parse(platform.secrets.trustedKeys) as { keys: (JsonWebKey & { kid: string })[] }).keys;
  const kidOf = (service: string): string => keys().find((key) => key.kid.startsWith(`${service}:`))?.kid ?? '';
  const sign = (header: object, payload: object, key: string): string => {
    const text = `${encode(header)}.${encode(payload)}`;
    const signature = createSign('sha256').update(text).sign({ key, dsaEncoding: 'ieee-p1363' });
    return `${text}.${signature.toString('base64url')}`;
  };
  const es256 = (payload: object, service: 'auth' | 'worker' = 'auth', kid = kidOf(service)): string =>
    sign({ alg: 'ES256', typ: 'JWT', kid }, payload, platform.secrets.identityKeys[service]);
  const ask = (token: string) => platform.get('/api/v1/executions', bearer(token));

  it('lets the genuine token pass, which the forgeries differ from', async () => {
    expect((await ask(es256(claims))).body['code']).toBe('unavailable');
  });

  const forgeries: [string, () => string][] = [
    ['alg none', () => `${encode({ alg: 'none', kid: kidOf('auth') })}.${encode(claims)}.`],
    ['alg none with a signature', () => `${encode({ alg: 'none', kid: kidOf('auth') })}.${encode(claims)}.AAAA`],
    [
      'HS256 with the public key as secret',
      () => {
        const jwk = keys().find((key) => key.kid === kidOf('auth')) as JsonWebKey;
        const pem = createPublicKey({ key: jwk as never, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
        const text = `${encode({ alg: 'HS256', kid: kidOf('auth') })}.${encode(claims)}`;
        return `${text}.${createHmac('sha256', String(pem)).update(text).digest('base64url')}`;
      },
    ],
    ['an unknown kid', () => es256(claims, 'auth', 'auth:000000000000')],
    ['no kid', () => sign({ alg: 'ES256' }, claims, platform.secrets.identityKeys.auth)],
    ['a kid that is a prototype name', () => es256(claims, 'auth', '__proto__')],
    ['a kid that is a path', () => es256(claims, 'auth', '../../dev/null')],
    ['a kid of auth that is a path', () => es256(claims, 'auth', 'auth:../../dev/null')],
    ['a kid that is SQL', () => es256(claims, 'auth', "auth:' UNION SELECT 'x")],
    [
      'keys that the token says where to find',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const header = { alg: 'ES256', kid: 'auth:mine', jku: 'http://127.0.0.1:1/jwks', x5u: 'http://127.0.0.1:1/' };
        return sign(header, claims, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      },
    ],
    [
      'a key of nobody under the kid of auth',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
        return sign({ alg: 'ES256', kid: kidOf('auth') }, claims, pem);
      },
    ],
    [
      'a key that the token brings along',
      () => {
        const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        const header = { alg: 'ES256', kid: kidOf('auth'), jwk: publicKey.export({ format: 'jwk' }) };
        return sign(header, claims, String(privateKey.export({ type: 'pkcs8', format: 'pem' })));
      },
    ],
    ['the key of another service', () => es256(claims, 'worker')],
    ['the key of another service in its own name', () => es256({ ...claims, iss: 'worker' }, 'worker')],
    ['a service instead of a user', () => es256({ ...claims, sub: 'service:auth' })],
    ['an expired token', () => es256({ ...claims, exp: now - 1 })],
    ['a token that never expires', () => es256({ ...claims, exp: undefined })],
    ['another audience', () => es256({ ...claims, aud: 'step-grant' })],
    ['another issuer', () => es256({ ...claims, iss: 'gateway' })],
    ['no organization', () => es256({ ...claims, org: undefined })],
    [
      'changed claims under an old signature',
      () => {
        const [header, , signature] = es256({ ...claims, roles: ['viewer'], perms: [] }).split('.');
        return `${header}.${encode(claims)}.${signature}`;
      },
    ],
    ['a cut signature', () => es256(claims).slice(0, -4)],
    ['no JWT', () => 'hello'],
  ];

  it.each(forgeries)('refuses %s', async (_what, forge) => {
    const answer = await ask(forge());
    expect(answer).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('refuses a token that it has proven before as soon as it expires', async () => {
    const token = await platform.tokenOf('viewer', undefined, 2);
    expect((await ask(token)).status).toBe(503);
    await new Promise((resolve) => setTimeout(resolve, 2_100));
    expect(await ask(token)).toMatchObject({ status: 401, body: { detail: 'The token has expired; refresh it.' } });
  });

  it.each(['Basic dTpw', 'Bearer', 'Token x', 'Bearer a b'])('refuses Authorization: %s', async (authorization) => {
    expect((await platform.get('/api/v1/executions', { authorization })).status).toBe(401);
  });

  it('takes no token from the query', async () => {
    const token = es256(claims);
    expect((await platform.get(`/api/v1/executions?access_token=${token}`)).status).toBe(401);
  });
});

describe('JWKS', () => {
  it('shows the public keys of auth and nothing else', async () => {
    const { headers, body } = await platform.get('/api/v1/auth/jwks');
    expect(headers.get('content-type')).toContain('application/jwk-set+json');
    const shown = body['keys'] as Record<string, unknown>[];
    expect(shown.map((key) => key['kid'])).toEqual([expect.stringMatching(/^auth:/)]);
    expect(shown[0]).toMatchObject({ kty: 'EC', crv: 'P-256', alg: 'ES256', use: 'sig' });
    expect(shown[0]).not.toHaveProperty('d');
  });
});

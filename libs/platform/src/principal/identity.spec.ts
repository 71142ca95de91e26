import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { AppError, type Access, type Permission } from '@rpa/contracts';
import { exportJWK, generateKeyPair, importPKCS8, SignJWT, type CryptoKey } from 'jose';
import { makeSecrets } from '../provision/provision-secrets.js';
import { checkAccess, mayDo, organizationOf } from './check-access.js';
import { Identity } from './identity.js';

const secrets = makeSecrets();
const load = (service: 'auth' | 'worker' | 'executions', identityKey = secrets.identityKeys[service]) =>
  Identity.load({ service, identityKey, trustedKeys: secrets.trustedKeys });
const organization = { id: '0198c1f0-0000-7000-8000-000000000001', slug: 'acme' };
const user = { userId: 'u1', organization, roles: ['editor'], permissions: ['workflows:read'] as Permission[] };

describe('Identity', () => {
  let auth: Identity;
  let worker: Identity;
  let executions: Identity;
  beforeAll(async () => {
    [auth, worker, executions] = await Promise.all([load('auth'), load('worker'), load('executions')]);
  });

  it('proves users that auth has signed', async () => {
    const principal = await executions.principal(await auth.signUser(user, 60));
    expect(principal).toEqual({
      kind: 'user',
      userId: 'u1',
      organizationId: organization.id,
      organizationSlug: 'acme',
      roles: ['editor'],
      permissions: new Set(['workflows:read']),
    });
    expect(organizationOf(principal)).toBe(organization.id);
    expect([mayDo(principal, 'workflows:read'), mayDo(principal, 'workflows:write')]).toEqual([true, false]);
  });

  it('proves services, with and without an organization, and keeps their token until it is due', async () => {
    expect(await executions.principal(await worker.serviceToken())).toEqual({ kind: 'service', service: 'worker' });
    const token = await worker.serviceToken(organization);
    expect(await worker.serviceToken(organization)).toBe(token);
    expect(await worker.serviceToken({ id: 'other' })).not.toBe(token);
    expect(await executions.principal(token)).toMatchObject({ service: 'worker', organizationId: organization.id });
  });

  describe('keys that sign users', () => {
    const kid = 'auth:rotated';
    const makeKey = async (): Promise<{ jwk: object; privateKey: CryptoKey }> => {
      const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
      return { jwk: await exportJWK(publicKey), privateKey };
    };
    let signer: Identity;
    let asked: number;
    const learn = (identity: Identity, certificates: () => Promise<string[]>): void =>
      identity.learnSigningKeys(async () => {
        asked++;
        return certificates();
      });
    beforeEach(async () => {
      asked = 0;
      signer = await load('auth');
    });

    it('are asked for when a token names them, and remembered', async () => {
      const { jwk, privateKey } = await makeKey();
      signer.signUsersBy({ kid, privateKey });
      const reader = await load('executions');
      learn(reader, async () => [await signer.certify(kid, jwk, 60)]);
      const more = { sessionId: 's1', epoch: 3 };
      for (let round = 0; round < 3; round++)
        expect(await reader.principal(await signer.signUser({ ...user, ...more, epoch: round }, 60))).toMatchObject({
          userId: 'u1',
          sessionId: 's1',
          epoch: round,
        });
      expect(asked).toBe(1);
      expect((await reader.keysOfAuth()).map((key) => key.kid)).toEqual([expect.stringMatching(/^auth:/), kid]);
    });

    it('are believed only when auth vouches for them', async () => {
      const { jwk, privateKey } = await makeKey();
      signer.signUsersBy({ kid, privateKey });
      const token = await signer.signUser(user, 60);
      const reader = await load('executions');
      learn(reader, async () => [await worker.certify(kid, jwk, 60)]);
      await expect(reader.principal(token)).rejects.toMatchObject({ code: 'invalid_token' });
    });

    it('sign users only: neither services nor grants', async () => {
      const { jwk, privateKey } = await makeKey();
      const reader = await load('executions');
      learn(reader, async () => [await signer.certify(kid, jwk, 60)]);
      const forge = (subject: string, audience: string): Promise<string> =>
        new SignJWT({ org: organization.id })
          .setProtectedHeader({ alg: 'ES256', kid })
          .setIssuer('auth')
          .setSubject(subject)
          .setAudience(audience)
          .setIssuedAt()
          .setExpirationTime('60s')
          .sign(privateKey);
      await expect(reader.principal(await forge('u1', 'rpa'))).resolves.toMatchObject({ kind: 'user' });
      await expect(reader.principal(await forge('service:auth', 'rpa'))).rejects.toMatchObject({
        code: 'invalid_token',
      });
      await expect(reader.verify(await forge('u1', 'step-grant'), 'step-grant')).rejects.toMatchObject({
        code: 'invalid_token',
      });
    });

    it('cost one question however many tokens name keys that nobody has', async () => {
      const reader = await load('executions');
      learn(reader, async () => []);
      for (let round = 0; round < 20; round++) {
        const { privateKey } = await makeKey();
        signer.signUsersBy({ kid: `auth:unknown${round}`, privateKey });
        await expect(reader.principal(await signer.signUser(user, 60))).rejects.toMatchObject({
          code: 'invalid_token',
        });
      }
      expect(asked).toBe(1);
    });

    it('say nothing about a token while auth cannot be asked', async () => {
      const { privateKey } = await makeKey();
      signer.signUsersBy({ kid, privateKey });
      const reader = await load('executions');
      learn(reader, () => Promise.reject(new AppError('unavailable')));
      await expect(reader.principal(await signer.signUser(user, 60))).rejects.toMatchObject({ code: 'unavailable' });
    });
  });

  it('refuses a user that another service has signed', async () => {
    await expect(executions.principal(await worker.signUser(user, 60))).rejects.toMatchObject({
      code: 'invalid_token',
    });
  });

  it('refuses a service that speaks in the name of another', async () => {
    const key = await importPKCS8(secrets.identityKeys.worker, 'ES256');
    const keys = JSON.parse(secrets.trustedKeys) as { keys: { kid: string }[] };
    const kidOf = (service: string) => keys.keys.find(({ kid }) => kid.startsWith(`${service}:`))?.kid ?? '';
    const forge = (header: { alg: string; kid?: string }, issuer: string, sub: string) =>
      new SignJWT({ org: organization.id })
        .setProtectedHeader(header)
        .setIssuer(issuer)
        .setSubject(sub)
        .setAudience('rpa')
        .setIssuedAt()
        .setExpirationTime('60s')
        .sign(key);
    const forged = await Promise.all([
      forge({ alg: 'ES256', kid: kidOf('auth') }, 'auth', 'service:auth'),
      forge({ alg: 'ES256', kid: kidOf('worker') }, 'auth', 'service:auth'),
      forge({ alg: 'ES256', kid: kidOf('worker') }, 'worker', 'service:auth'),
      forge({ alg: 'ES256', kid: 'auth:000000000000' }, 'auth', 'service:auth'),
      forge({ alg: 'ES256' }, 'auth', 'service:auth'),
    ]);
    for (const token of forged)
      await expect(executions.principal(token)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('refuses what is expired, changed, unsigned, for another audience, or no token', async () => {
    const good = await auth.signUser(user, 60);
    const [header, payload, signature] = good.split('.') as [string, string, string];
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object;
    const richer = Buffer.from(JSON.stringify({ ...claims, perms: ['settings:write'] })).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const bad = [
      await auth.signUser(user, -60),
      await auth.sign({ org: organization.id }, { audience: 'credentials-vault', expiresInSeconds: 60, subject: 'u1' }),
      `${header}.${richer}.${signature}`,
      `${none}.${payload}.`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      'x',
      '..',
    ];
    for (const token of bad) await expect(executions.principal(token)).rejects.toMatchObject({ code: 'invalid_token' });
  });

  it('does not start with a key that is none, or not its own', async () => {
    await expect(load('auth', secrets.identityKeys.worker)).rejects.toThrow(/does not belong to the key of 'auth'/);
    await expect(load('auth', 'hunter2')).rejects.toThrow(/^IDENTITY_KEY is no P-256 private key/);
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' });
    await expect(load('auth', String(rsa))).rejects.toThrow(/IDENTITY_KEY/);
    const withKeys = (trustedKeys: string) =>
      Identity.load({ service: 'auth', identityKey: secrets.identityKeys.auth, trustedKeys });
    for (const text of ['', '{', '[]', '{"keys":5}', 'null']) await expect(withKeys(text)).rejects.toThrow(/no JWKS/);
    await expect(withKeys('{"keys":[]}')).rejects.toThrow(/holds no key of 'auth'/);
  });
});

describe('Access', () => {
  const person = { kind: 'user', permissions: new Set<Permission>(['workflows:read']) } as never;
  const service = { kind: 'service', service: 'worker' } as never;
  const verdict = (access: Access, principal: never | null): string => {
    try {
      checkAccess(access, principal);
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each<[Access, string, string, string]>([
    [{ permission: 'workflows:read' }, 'unauthenticated', 'ok', 'forbidden'],
    [{ permission: 'workflows:write' }, 'unauthenticated', 'forbidden', 'forbidden'],
    [{ permission: 'workflows:write', services: ['worker'] }, 'unauthenticated', 'forbidden', 'ok'],
    [{ authenticated: true }, 'unauthenticated', 'ok', 'forbidden'],
    [{ public: true }, 'ok', 'ok', 'ok'],
    [{ services: ['worker'] }, 'unauthenticated', 'forbidden', 'ok'],
    [{ services: ['ai'] }, 'unauthenticated', 'forbidden', 'forbidden'],
    [{ services: [] }, 'unauthenticated', 'forbidden', 'forbidden'],
  ])('%j: nobody %s, a person %s, a service %s', (access, nobody, human, machine) => {
    expect([verdict(access, null), verdict(access, person), verdict(access, service)]).toEqual([
      nobody,
      human,
      machine,
    ]);
  });
});

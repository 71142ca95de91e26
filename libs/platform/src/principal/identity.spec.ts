import { beforeAll, describe, expect, it } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import type { Access, Permission } from '@rpa/contracts';
import { SignJWT, importPKCS8 } from 'jose';
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

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkCredentialKeys,
  createCredential,
  findCredentialUsers,
  findIntegrationsByCredential,
  getCredential,
  getCredentialUsage,
  listCredentials,
  listCredentialTypes,
  listCredentialVersions,
  rollbackCredential,
  rotateCredential,
  SYSTEM_ROLES,
  testCredential,
  updateCredential,
  type CommandDefinition,
  type CredentialType,
  type JsonObject,
} from '@rpa/contracts';
import type { Door } from '@rpa/messaging';
import { SECRET, VaultScenario } from './vault-scenario.js';

const OPEN_DOOR: Door = {
  admit: () => ({ principal: null, requestId: null, idempotencyKey: null, traceparent: null }),
  validate: (_command, body) => body as never,
  observe: () => undefined,
  run: (_command, _context, _request, handler) => handler(),
};

describe('what can be done with a credential', () => {
  let scenario: VaultScenario;
  let guarded: Server;
  beforeAll(async () => {
    scenario = await VaultScenario.start();
    guarded = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://x');
      const given = request.headers['x-shop-key'] ?? searchParams.get('key') ?? request.headers.authorization;
      const fits = given === SECRET || given === `Bearer ${SECRET}`;
      response.writeHead(pathname === '/elsewhere' ? 302 : fits ? 204 : 401, { location: 'http://127.0.0.1:1/' }).end();
    });
    await new Promise<void>((resolve) => guarded.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    guarded.closeAllConnections();
    guarded.close();
    await scenario.close();
  });

  const asEditor = () => scenario.user();
  const create = async (key: string, type: CredentialType, data: JsonObject) =>
    scenario.gateway.request(createCredential, { name: key, key, type, data }, await asEditor());
  const guardedUrl = (path: string): string => `http://127.0.0.1:${(guarded.address() as AddressInfo).port}${path}`;
  const test = async (id: string) => scenario.gateway.request(testCredential, { id }, await asEditor());

  it('describes every type by a JSON Schema that marks its secrets', async () => {
    const { data } = await scenario.gateway.request(listCredentialTypes, {}, await asEditor());
    expect(data.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['api_key', 'bearer', 'basic_auth', 'oauth2', 'database', 'private_key', 'custom']),
    );
    expect(data.find(({ type }) => type === 'database')?.schema).toMatchObject({
      required: ['host', 'database', 'username', 'password'],
      properties: { password: { type: 'string', writeOnly: true }, port: { type: 'integer' } },
      additionalProperties: false,
    });
  });

  it('tries a credential at the address that it was stored with, and at no other', async () => {
    const good = await create('tried', 'api_key', { key: SECRET, name: 'X-Shop-Key', testUrl: guardedUrl('/') });
    expect(await test(good.id)).toEqual({ ok: true, checked: 'connection', message: 'The answer was 204.' });
    const query = await create('tried-query', 'api_key', {
      key: SECRET,
      name: 'key',
      in: 'query',
      testUrl: guardedUrl('/'),
    });
    expect(await test(query.id)).toMatchObject({ ok: true });
    const bad = await create('tried-bad', 'bearer', { token: 'wrong-token', testUrl: guardedUrl('/') });
    expect(await test(bad.id)).toMatchObject({ ok: false, checked: 'connection', message: 'The answer was 401.' });
    const { health } = await scenario.gateway.request(getCredential, { id: bad.id }, await asEditor());
    expect(health).toMatchObject({ status: 'failing', message: 'The answer was 401.' });
    const guard = await create('tried-inside', 'bearer', { token: 'x', testUrl: 'https://10.0.0.1/' });
    expect(await test(guard.id)).toMatchObject({ ok: false, message: expect.stringContaining('not public') });
    expect(await scenario.audited('credential.tested', good.id)).toMatchObject([{ after: { ok: true } }]);
    expect(JSON.stringify(await scenario.audited('credential.tested'))).not.toContain(SECRET);
  });

  it('reads a private key with its passphrase', async () => {
    const passphrase = 'open sesame';
    const { privateKey } = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase },
    });
    const good = await create('key', 'private_key', { privateKey, passphrase });
    expect(await test(good.id)).toMatchObject({ ok: true, checked: 'form' });
    const bad = await create('locked', 'private_key', { privateKey, passphrase: 'wrong' });
    expect(await test(bad.id)).toMatchObject({ ok: false, checked: 'form' });
  });

  it('rotates some values and keeps the others, counts versions, and goes back to former ones', async () => {
    const { id } = await create('rotated', 'basic_auth', { username: 'shop', password: 'first password' });
    const request = { id, data: { password: 'second password' } };
    const rotated = await scenario.gateway.request(rotateCredential, request, await asEditor());
    expect(rotated).toMatchObject({ version: 2, fields: ['username', 'password'] });
    const redeem = async () => (await scenario.redeem(await scenario.grantFor('rotated'))).data;
    expect(await redeem()).toEqual({ username: 'shop', password: 'second password' });
    // The key would be sent to an address that whoever asks has chosen without knowing it.
    await expect(
      scenario.gateway.request(
        rotateCredential,
        { id, data: { testUrl: 'https://elsewhere.example' } },
        await asEditor(),
      ),
    ).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(
      scenario.gateway.request(rotateCredential, { id, data: { color: 'red' } }, await asEditor()),
    ).rejects.toMatchObject({ errors: [{ path: 'data.color', code: 'unknown_field' }] });
    await expect(scenario.gateway.request(rotateCredential, { id }, await asEditor())).rejects.toMatchObject({
      errors: [{ path: 'data', code: 'required' }],
    });
    await scenario.gateway.request(rollbackCredential, { id, version: 1 }, await asEditor());
    expect(await redeem()).toEqual({ username: 'shop', password: 'first password' });
    const { data } = await scenario.gateway.request(listCredentialVersions, { id }, await asEditor());
    expect(data.map(({ version, current }) => [version, current])).toEqual([
      [3, true],
      [2, false],
      [1, false],
    ]);
    await expect(
      scenario.gateway.request(rollbackCredential, { id, version: 9 }, await asEditor()),
    ).rejects.toMatchObject({ code: 'not_found' });
    const [entry] = await scenario.audited('credential.rotated', id);
    expect(entry).toMatchObject({ actor: { kind: 'user' }, before: { version: 1 }, after: { version: 2 } });
  });

  it('is shared with roles: others neither see, change nor use it', async () => {
    const maker = await scenario.user(SYSTEM_ROLES.editor, scenario.organization, { userId: randomUUID() });
    const finance = await scenario.user(SYSTEM_ROLES.editor, scenario.organization, { roles: ['finance'] });
    const admin = await scenario.user(SYSTEM_ROLES.admin, scenario.organization, { roles: ['admin'] });
    const other = await asEditor();
    const request = {
      name: 'Bank',
      key: 'bank',
      type: 'bearer' as const,
      data: { token: SECRET },
      sharedRoles: ['finance'],
    };
    const { id } = await scenario.gateway.request(createCredential, request, maker);
    for (const member of [maker, finance, admin])
      expect(await scenario.gateway.request(getCredential, { id }, member)).toMatchObject({ sharedRoles: ['finance'] });
    const refused = { code: 'forbidden' };
    await expect(scenario.gateway.request(getCredential, { id }, other)).rejects.toMatchObject(refused);
    await expect(scenario.gateway.request(updateCredential, { id, name: 'Mine' }, other)).rejects.toMatchObject(
      refused,
    );
    await expect(scenario.gateway.request(testCredential, { id }, other)).rejects.toMatchObject(refused);
    await expect(scenario.gateway.request(rotateCredential, { id, data: {} }, other)).rejects.toMatchObject(refused);
    await expect(scenario.gateway.request(listCredentialVersions, { id }, other)).rejects.toMatchObject(refused);
    const { data } = await scenario.gateway.request(listCredentials, { limit: 200 }, other);
    expect(data.map((row) => row.key)).not.toContain('bank');
    const principal = await (await scenario.identityOf('workflows')).serviceToken(scenario.organization);
    const ask = (roles: string[]) =>
      scenario.workflows.request(
        checkCredentialKeys,
        { keys: ['bank'], user: { userId: randomUUID(), roles } },
        { principal },
      );
    expect(await ask(['editor'])).toEqual({ missing: [], notShared: ['bank'] });
    expect(await ask(['finance'])).toEqual({ missing: [], notShared: [] });
    await scenario.gateway.request(updateCredential, { id, sharedRoles: null }, admin);
    expect(await scenario.gateway.request(getCredential, { id }, other)).toMatchObject({ sharedRoles: null });
  });

  it('tells who uses it', async () => {
    const { id } = await create('used', 'bearer', { token: SECRET });
    const integrations = await scenario.connectAs('integrations');
    const row = { id: randomUUID(), key: 'orders', name: 'Orders' };
    const stand = { draft: true, published: false };
    scenario.workflows.responder.handle(findCredentialUsers as CommandDefinition, OPEN_DOOR, (request) => {
      return { data: (request as { key: string }).key === 'used' ? [{ ...row, ...stand }] : [] };
    });
    integrations.responder.handle(findIntegrationsByCredential as CommandDefinition, OPEN_DOOR, () => ({
      data: [row],
    }));
    await Promise.all([scenario.workflows.settled(), integrations.settled()]);
    const before = await scenario.gateway.request(getCredentialUsage, { id }, await asEditor());
    expect(before).toEqual({ workflows: [{ ...row, ...stand }], integrations: [row], lastUsedAt: null, uses: 0 });
    await scenario.redeem(await scenario.grantFor('used'));
    expect(await scenario.gateway.request(getCredentialUsage, { id }, await asEditor())).toMatchObject({
      uses: 1,
      lastUsedAt: expect.any(String),
    });
  });

  it('leaves a trace of every use, without a value', async () => {
    const { id } = await create('traced', 'custom', { pin: SECRET, more: { deep: SECRET } });
    const executionId = randomUUID();
    await scenario.redeem(await scenario.grantFor('traced', { executionId, path: 'each.3.call', attempt: 2 }));
    expect(await scenario.audited('credential.used', id)).toMatchObject([
      {
        organizationId: scenario.organization.id,
        actor: { kind: 'service', id: 'worker' },
        resource: { type: 'credential', id, name: 'traced' },
        after: { version: 1, executionId, path: 'each.3.call', attempt: 2 },
      },
    ]);
    const { rows } = await scenario.sql.query('SELECT entry::text FROM credentials_vault.audit_outbox');
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });
});

import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkCredentialKeys,
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  redeemGrant,
  restoreCredential,
  SYSTEM_ROLES,
  updateCredential,
  type CredentialGrant,
  type JsonObject,
  type Permission,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, type Bus } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment, type RunningService } from '@rpa/platform';
import { redeemCredential } from '@rpa/step-kit';
import { createTestDatabase, testNats, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import { credentialsVaultConfig } from '../src/credentials-vault.config.js';
import { start } from '../src/start.js';

const SECRET = 'k-8f3a9c-very-secret';

describe('credentials vault', () => {
  const secrets = makeSecrets();
  const organization = { id: randomUUID(), slug: 'acme' };
  const stranger = { id: randomUUID(), slug: 'other' };
  let database: TestDatabase;
  let vault: RunningService;
  let gateway: Bus;
  let worker: Bus;
  let workflows: Bus;
  let sql: pg.Client;
  const identities = new Map<ServiceName, Identity>();

  const identityOf = async (service: ServiceName): Promise<Identity> => {
    const known = identities.get(service);
    if (known) return known;
    const loaded = await Identity.load({
      service,
      identityKey: secrets.identityKeys[service],
      trustedKeys: secrets.trustedKeys,
    });
    identities.set(service, loaded);
    return loaded;
  };
  const connectAs = (service: ServiceName) => {
    const { url, user, password } = testNats(service);
    return connectBus({ service, servers: [url], user, password });
  };
  const user = async (permissions: readonly Permission[] = SYSTEM_ROLES.editor, of = organization) => {
    const auth = await identityOf('auth');
    const who = { userId: randomUUID(), organization: of, roles: ['editor'], permissions };
    return { principal: await auth.signUser(who, 600) };
  };
  const launch = (key = secrets.vaultKey) => {
    const { url, password } = testNats('credentials-vault');
    return start(
      credentialsVaultConfig.load({
        ...secretsEnvironment(secrets, 'credentials-vault'),
        NATS_URL: url,
        NATS_PASSWORD: password,
        DATABASE_URL: database.url,
        DATABASE_DURABILITY: 'unchecked',
        CREDENTIALS_VAULT_PORT: '0',
        CREDENTIALS_VAULT_KEY: key,
        LOG_LEVEL: 'silent',
      }),
    );
  };
  const create = async (key: string, more: { type?: 'api_key' | 'custom'; data?: JsonObject } = {}) =>
    gateway.request(
      createCredential,
      { name: 'Shop', key, type: more.type ?? 'api_key', data: more.data ?? { key: SECRET } },
      await user(),
    );
  const grantFor = async (
    credentialKey: string,
    more: Partial<CredentialGrant> = {},
    signer: ServiceName = 'executions',
  ) => {
    const claims = {
      organizationId: organization.id,
      credentialKey,
      executionId: randomUUID(),
      path: 'fetch',
      attempt: 1,
    };
    const identity = await identityOf(signer);
    return identity.sign({ ...claims, ...more }, { audience: 'credentials-vault', expiresInSeconds: 60 });
  };
  const redeem = async (grant: string, as = organization) =>
    redeemCredential({ bus: worker, identity: await identityOf('worker') }, as.id, grant);

  beforeAll(async () => {
    database = await createTestDatabase('vault');
    [gateway, worker, workflows, vault] = await Promise.all([
      connectAs('gateway'),
      connectAs('worker'),
      connectAs('workflows'),
      launch(),
    ]);
    sql = new pg.Client({ connectionString: database.url });
    await sql.connect();
  });
  afterAll(async () => {
    await sql.end();
    await vault.stop();
    await Promise.all([gateway.close(500), worker.close(500), workflows.close(500)]);
    await database.drop();
  });

  it('stores a credential and never shows its values', async () => {
    const created = await create('shop');
    expect(created).toMatchObject({ key: 'shop', type: 'api_key', fields: ['key'], version: 1 });
    const got = await gateway.request(getCredential, { id: created.id }, await user());
    expect(got).toEqual(created);
    const list = await gateway.request(listCredentials, { type: 'api_key' }, await user());
    expect(list.data).toContainEqual(created);
    expect(JSON.stringify([created, got, list])).not.toContain(SECRET);
  });

  it('keeps nothing in the clear at rest', async () => {
    await create('at_rest');
    const tables = ['credentials', 'credential_versions', 'credential_uses', 'data_keys', 'idempotency_keys'];
    for (const table of tables) {
      const { rows } = await sql.query<{ row: string }>(`SELECT t::text AS row FROM credentials_vault.${table} t`);
      const text = JSON.stringify(rows);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('hex'));
    }
  });

  it('gives it to a worker by a grant of executions, sealed to that worker, and writes the use down', async () => {
    const { id } = await create('granted');
    const grant = await grantFor('granted', { path: 'each.3.call', attempt: 2 });
    expect(await redeem(grant)).toEqual({ type: 'api_key', data: { key: SECRET } });
    const { rows } = await sql.query(
      'SELECT organization_id, version, service, path, attempt FROM credentials_vault.credential_uses WHERE credential_id = $1',
      [id],
    );
    expect(rows).toEqual([
      { organization_id: organization.id, version: 1, service: 'worker', path: 'each.3.call', attempt: 2 },
    ]);
  });

  it('refuses every grant that executions did not give for this', async () => {
    await create('wanted');
    const refused = { code: 'credential_refused', retryable: false };
    await expect(redeem(await grantFor('wanted', {}, 'worker'))).rejects.toMatchObject(refused);
    await expect(redeem(await grantFor('absent'))).rejects.toMatchObject(refused);
    await expect(redeem(await grantFor('wanted', { organizationId: stranger.id }), stranger)).rejects.toMatchObject(
      refused,
    );
    await expect(redeem(await grantFor('wanted'), stranger)).rejects.toMatchObject(refused);
    await expect(redeem(await grantFor('wanted', { attempt: 'x' as never }))).rejects.toMatchObject(refused);
    await expect(redeem('not.a.token')).rejects.toMatchObject(refused);
    const executions = await identityOf('executions');
    const claims = {
      organizationId: organization.id,
      credentialKey: 'wanted',
      executionId: randomUUID(),
      path: 'a',
      attempt: 1,
    };
    const elsewhere = await executions.sign(claims, { audience: 'rpa', expiresInSeconds: 60 });
    await expect(redeem(elsewhere)).rejects.toMatchObject(refused);
    const expired = await executions.sign(claims, { audience: 'credentials-vault', expiresInSeconds: -60 });
    await expect(redeem(expired)).rejects.toMatchObject(refused);
    const { principal } = await user();
    await expect(
      gateway.request(redeemGrant, { grant: elsewhere, publicKey: 'x' }, { principal, timeoutMs: 500 }),
    ).rejects.toThrow();
  });

  it('refuses a key that it cannot seal to', async () => {
    await create('sealed');
    const identity = await identityOf('worker');
    const principal = await identity.serviceToken({ id: organization.id });
    for (const publicKey of ['', 'short', Buffer.alloc(32).toString('base64url')])
      await expect(
        worker.request(redeemGrant, { grant: await grantFor('sealed'), publicKey }, { principal }),
      ).rejects.toMatchObject({ code: 'validation_failed' });
    const other = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x ?? '';
    const reply = await worker.request(
      redeemGrant,
      { grant: await grantFor('sealed'), publicKey: other },
      { principal },
    );
    expect(Buffer.from(reply.sealed.ciphertext, 'base64url').toString('latin1')).not.toContain(SECRET);
  });

  it('makes a new version of changed values', async () => {
    const { id } = await create('changing');
    const updated = await gateway.request(updateCredential, { id, data: { key: 'second', in: 'query' } }, await user());
    expect(updated).toMatchObject({ version: 2, fields: ['key', 'in'] });
    expect(await redeem(await grantFor('changing'))).toEqual({ type: 'api_key', data: { key: 'second', in: 'query' } });
    const renamed = await gateway.request(updateCredential, { id, name: 'New name' }, await user());
    expect(renamed).toMatchObject({ name: 'New name', version: 2 });
    for (let count = 0; count < 12; count++)
      await gateway.request(updateCredential, { id, data: { key: `value ${count}` } }, await user());
    const { rows } = await sql.query('SELECT 1 FROM credentials_vault.credential_versions WHERE credential_id = $1', [
      id,
    ]);
    expect(rows).toHaveLength(11);
  });

  it('does not open a value that was moved to another credential', async () => {
    const [one, two] = [await create('one', { data: { key: 'first secret' } }), await create('two')];
    await sql.query(
      `UPDATE credentials_vault.credential_versions SET sealed =
         (SELECT sealed FROM credentials_vault.credential_versions WHERE credential_id = $1) WHERE credential_id = $2`,
      [one.id, two.id],
    );
    await expect(redeem(await grantFor('two'))).rejects.toMatchObject({ code: 'credential_unavailable' });
  });

  it('deletes softly, frees the key, and restores', async () => {
    const { id } = await create('gone');
    await gateway.request(deleteCredential, { id }, await user());
    await expect(gateway.request(getCredential, { id }, await user())).rejects.toMatchObject({ code: 'not_found' });
    await expect(redeem(await grantFor('gone'))).rejects.toMatchObject({ code: 'credential_refused' });
    await expect(gateway.request(deleteCredential, { id }, await user())).rejects.toMatchObject({ code: 'not_found' });
    const successor = await create('gone');
    await expect(gateway.request(restoreCredential, { id }, await user())).rejects.toMatchObject({
      code: 'already_exists',
    });
    await gateway.request(deleteCredential, { id: successor.id }, await user());
    expect(await gateway.request(restoreCredential, { id }, await user())).toMatchObject({ id, key: 'gone' });
    expect(await redeem(await grantFor('gone'))).toMatchObject({ data: { key: SECRET } });
  });

  it('keeps organizations apart', async () => {
    const { id } = await create('ours');
    const asStranger = await user(SYSTEM_ROLES.owner, stranger);
    for (const attempt of [
      gateway.request(getCredential, { id }, asStranger),
      gateway.request(updateCredential, { id, name: 'mine' }, asStranger),
      gateway.request(updateCredential, { id, data: { key: 'x' } }, asStranger),
      gateway.request(deleteCredential, { id }, asStranger),
      gateway.request(restoreCredential, { id }, asStranger),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
    expect((await gateway.request(listCredentials, {}, asStranger)).data).toEqual([]);
    const theirs = { name: 'Theirs', key: 'ours', type: 'bearer' as const, data: { token: 'their token' } };
    await gateway.request(createCredential, theirs, asStranger);
    expect(await redeem(await grantFor('ours'))).toMatchObject({ type: 'api_key' });
  });

  it('asks for the permission', async () => {
    const viewer = await user(SYSTEM_ROLES.viewer);
    const request = { name: 'x', key: 'x', type: 'bearer' as const, data: { token: 't' } };
    await expect(gateway.request(createCredential, request, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(gateway.request(listCredentials, {}, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(gateway.request(listCredentials, {}, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('names every fault of the values, and no value', async () => {
    const work = create('bad', { data: { name: 7, in: 'cookie', password: SECRET } as never });
    await expect(work).rejects.toMatchObject({
      code: 'validation_failed',
      errors: expect.arrayContaining([
        { path: 'data.key', code: 'required', message: 'is required' },
        { path: 'data.name', code: 'type', message: 'must be a text that is not empty' },
        { path: 'data.in', code: 'value', message: 'must be one of header, query' },
        { path: 'data.password', code: 'unknown_field', message: 'is not a field of type api_key' },
      ]) as never,
    });
    const failure = JSON.stringify(await work.catch((error: { toBody(): object }) => error.toBody()));
    expect(failure).not.toContain(SECRET);
    await expect(create('bad', { type: 'custom', data: {} })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(create('bad', { data: { key: 'a\r\nb' } })).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(create('bad', { type: 'custom', data: { a: 'x'.repeat(20_000) } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(create('Bad Key')).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('creates once for one Idempotency-Key, and one credential for one key', async () => {
    const request = { name: 'Once', key: 'once', type: 'bearer' as const, data: { token: 'abc' } };
    const options = { ...(await user()), idempotencyKey: randomUUID() };
    const first = await gateway.request(createCredential, request, options);
    expect(await gateway.request(createCredential, request, options)).toEqual(first);
    await expect(gateway.request(createCredential, request, await user())).rejects.toMatchObject({
      code: 'already_exists',
      message: "There is a credential with the key 'once'.",
    });
  });

  it('tells other services which keys are missing', async () => {
    await create('present');
    const identity = await identityOf('workflows');
    const principal = await identity.serviceToken(organization);
    const keys = ['present', 'absent', 'absent'];
    expect(await workflows.request(checkCredentialKeys, { keys }, { principal })).toEqual({ missing: ['absent'] });
  });

  it('makes one data key when an organization stores its first credentials at once', async () => {
    const fresh = { id: randomUUID(), slug: 'fresh' };
    const as = await user(SYSTEM_ROLES.owner, fresh);
    const requests = Array.from({ length: 8 }, (_, index) => ({
      name: 'n',
      key: `k${index}`,
      type: 'bearer' as const,
      data: { token: `token ${index}` },
    }));
    await Promise.all(requests.map((request) => gateway.request(createCredential, request, as)));
    const { rows } = await sql.query('SELECT version FROM credentials_vault.data_keys WHERE organization_id = $1', [
      fresh.id,
    ]);
    expect(rows).toEqual([{ version: 1 }]);
    for (const { key, data } of requests)
      expect(await redeem(await grantFor(key, { organizationId: fresh.id }), fresh)).toMatchObject({ data });
  });

  it('reads what it wrote after a restart, and refuses to start with another key', async () => {
    await create('durable');
    await vault.stop();
    await expect(launch(randomBytes(32).toString('base64'))).rejects.toThrow(/CREDENTIALS_VAULT_KEY is not the key/);
    vault = await launch();
    expect(await redeem(await grantFor('durable'))).toEqual({ type: 'api_key', data: { key: SECRET } });
  });
});

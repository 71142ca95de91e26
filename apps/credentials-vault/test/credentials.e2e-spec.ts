import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  checkCredentialKeys,
  createCredential,
  deleteCredential,
  getCredential,
  listCredentials,
  restoreCredential,
  SYSTEM_ROLES,
  updateCredential,
} from '@rpa/contracts';
import { SECRET, VaultScenario } from './vault-scenario.js';

describe('credentials', () => {
  let scenario: VaultScenario;
  beforeAll(async () => {
    scenario = await VaultScenario.start();
  });
  afterAll(() => scenario.close());

  it('stores a credential and never shows its values', async () => {
    const created = await scenario.create('shop');
    expect(created).toMatchObject({ key: 'shop', type: 'api_key', fields: ['key'], version: 1 });
    const got = await scenario.gateway.request(getCredential, { id: created.id }, await scenario.user());
    expect(got).toEqual(created);
    const list = await scenario.gateway.request(listCredentials, { type: 'api_key' }, await scenario.user());
    expect(list.data).toContainEqual(created);
    expect(JSON.stringify([created, got, list])).not.toContain(SECRET);
  });

  it('keeps nothing in the clear at rest', async () => {
    await scenario.create('at_rest');
    const tables = ['credentials', 'credential_versions', 'credential_uses', 'data_keys', 'idempotency_keys'];
    for (const table of tables) {
      const { rows } = await scenario.sql.query<{ row: string }>(
        `SELECT t::text AS row FROM credentials_vault.${table} t`,
      );
      const text = JSON.stringify(rows);
      expect(text).not.toContain(SECRET);
      expect(text).not.toContain(Buffer.from(SECRET).toString('hex'));
    }
  });

  it('makes a new version of changed values', async () => {
    const { id } = await scenario.create('changing');
    const updated = await scenario.gateway.request(
      updateCredential,
      { id, data: { key: 'second', in: 'query' } },
      await scenario.user(),
    );
    expect(updated).toMatchObject({ version: 2, fields: ['key', 'in'] });
    expect(await scenario.redeem(await scenario.grantFor('changing'))).toEqual({
      type: 'api_key',
      data: { key: 'second', in: 'query' },
    });
    const renamed = await scenario.gateway.request(updateCredential, { id, name: 'New name' }, await scenario.user());
    expect(renamed).toMatchObject({ name: 'New name', version: 2 });
    for (let count = 0; count < 12; count++)
      await scenario.gateway.request(updateCredential, { id, data: { key: `value ${count}` } }, await scenario.user());
    const { rows } = await scenario.sql.query(
      'SELECT 1 FROM credentials_vault.credential_versions WHERE credential_id = $1',
      [id],
    );
    expect(rows).toHaveLength(11);
  });

  it('deletes softly, frees the key, and restores', async () => {
    const { id } = await scenario.create('gone');
    await scenario.gateway.request(deleteCredential, { id }, await scenario.user());
    await expect(scenario.gateway.request(getCredential, { id }, await scenario.user())).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(scenario.redeem(await scenario.grantFor('gone'))).rejects.toMatchObject({
      code: 'credential_refused',
    });
    await expect(scenario.gateway.request(deleteCredential, { id }, await scenario.user())).rejects.toMatchObject({
      code: 'not_found',
    });
    const successor = await scenario.create('gone');
    await expect(scenario.gateway.request(restoreCredential, { id }, await scenario.user())).rejects.toMatchObject({
      code: 'already_exists',
    });
    await scenario.gateway.request(deleteCredential, { id: successor.id }, await scenario.user());
    expect(await scenario.gateway.request(restoreCredential, { id }, await scenario.user())).toMatchObject({
      id,
      key: 'gone',
    });
    expect(await scenario.redeem(await scenario.grantFor('gone'))).toMatchObject({ data: { key: SECRET } });
  });

  it('keeps organizations apart', async () => {
    const { id } = await scenario.create('ours');
    const asStranger = await scenario.user(SYSTEM_ROLES.owner, scenario.stranger);
    for (const attempt of [
      scenario.gateway.request(getCredential, { id }, asStranger),
      scenario.gateway.request(updateCredential, { id, name: 'mine' }, asStranger),
      scenario.gateway.request(updateCredential, { id, data: { key: 'x' } }, asStranger),
      scenario.gateway.request(deleteCredential, { id }, asStranger),
      scenario.gateway.request(restoreCredential, { id }, asStranger),
    ])
      await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
    expect((await scenario.gateway.request(listCredentials, {}, asStranger)).data).toEqual([]);
    const theirs = { name: 'Theirs', key: 'ours', type: 'bearer' as const, data: { token: 'their token' } };
    await scenario.gateway.request(createCredential, theirs, asStranger);
    expect(await scenario.redeem(await scenario.grantFor('ours'))).toMatchObject({ type: 'api_key' });
  });

  it('asks for the permission', async () => {
    const viewer = await scenario.user(SYSTEM_ROLES.viewer);
    const request = { name: 'x', key: 'x', type: 'bearer' as const, data: { token: 't' } };
    await expect(scenario.gateway.request(createCredential, request, viewer)).rejects.toMatchObject({
      code: 'forbidden',
    });
    await expect(scenario.gateway.request(listCredentials, {}, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    await expect(scenario.gateway.request(listCredentials, {}, {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('names every fault of the values, and no value', async () => {
    const work = scenario.create('bad', { data: { name: 7, in: 'cookie', password: SECRET } as never });
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
    await expect(scenario.create('bad', { type: 'custom', data: {} })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(scenario.create('bad', { data: { key: 'a\r\nb' } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(scenario.create('bad', { type: 'custom', data: { a: 'x'.repeat(20_000) } })).rejects.toMatchObject({
      code: 'validation_failed',
    });
    await expect(scenario.create('Bad Key')).rejects.toMatchObject({ code: 'validation_failed' });
  });

  it('creates once for one Idempotency-Key, and one credential for one key', async () => {
    const request = { name: 'Once', key: 'once', type: 'bearer' as const, data: { token: 'abc' } };
    const options = { ...(await scenario.user()), idempotencyKey: randomUUID() };
    const first = await scenario.gateway.request(createCredential, request, options);
    expect(await scenario.gateway.request(createCredential, request, options)).toEqual(first);
    await expect(scenario.gateway.request(createCredential, request, await scenario.user())).rejects.toMatchObject({
      code: 'already_exists',
      message: "There is a credential with the key 'once'.",
    });
  });

  it('tells other services which keys are missing', async () => {
    await scenario.create('present');
    const identity = await scenario.identityOf('workflows');
    const principal = await identity.serviceToken(scenario.organization);
    const keys = ['present', 'absent', 'absent'];
    expect(await scenario.workflows.request(checkCredentialKeys, { keys }, { principal })).toEqual({
      missing: ['absent'],
      notShared: [],
    });
  });
});

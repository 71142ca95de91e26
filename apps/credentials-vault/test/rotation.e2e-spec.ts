import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getKeyState, rotateDataKey, SYSTEM_ROLES, type KeyStateView } from '@rpa/contracts';
import { eventually } from '@rpa/testing';
import { DataKeys } from '../src/encryption/data-keys.js';
import { seal } from '../src/encryption/sealed-bytes.js';
import { SECRET, VaultScenario } from './vault-scenario.js';

const MANY = 10_000;

describe('rotation of keys', () => {
  let scenario: VaultScenario;
  beforeAll(async () => {
    scenario = await VaultScenario.start();
  });
  afterAll(() => scenario.close());

  const state = async (): Promise<KeyStateView> => scenario.gateway.request(getKeyState, {}, await scenario.user());
  const rotate = async (): Promise<KeyStateView> => scenario.gateway.request(rotateDataKey, {}, await scenario.user());
  const finished = (): Promise<KeyStateView> =>
    eventually(async () => {
      const now = await state();
      if (!now.rotation?.finishedAt) throw new Error(`${now.rotation?.remaining} remain`);
      return now;
    }, 30_000);

  it('brings credentials under a new data key and destroys the former one', async () => {
    await scenario.create('one');
    await scenario.create('two', { data: { key: 'another secret' } });
    const before = await scenario.sql.query('SELECT sealed FROM credentials_vault.credential_versions ORDER BY 1');
    expect((await rotate()).dataKey).toMatchObject({ version: 2 });
    expect((await finished()).rotation).toMatchObject({ toVersion: 2, total: 2, remaining: 0 });
    const keys = await scenario.sql.query('SELECT version FROM credentials_vault.data_keys');
    expect(keys.rows).toEqual([{ version: 2 }]);
    const after = await scenario.sql.query('SELECT sealed FROM credentials_vault.credential_versions ORDER BY 1');
    expect(after.rows).not.toEqual(before.rows);
    expect(await scenario.redeem(await scenario.grantFor('one'))).toEqual({ type: 'api_key', data: { key: SECRET } });
    expect(await scenario.audited('data_key.rotated')).toMatchObject([{ after: { version: 2 } }]);
  });

  it('asks for the permission, and rotates once at a time', async () => {
    const viewer = await scenario.user(SYSTEM_ROLES.viewer);
    await expect(scenario.gateway.request(rotateDataKey, {}, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    await scenario.sql.query(
      `INSERT INTO credentials_vault.data_key_rotations (organization_id, to_version, total) VALUES ($1, 1, 0)`,
      [scenario.stranger.id],
    );
    const stranger = await scenario.user(SYSTEM_ROLES.owner, scenario.stranger);
    await expect(scenario.gateway.request(rotateDataKey, {}, stranger)).rejects.toMatchObject({ code: 'conflict' });
  });

  it(`moves ${MANY} credentials while they are read and written, and goes on after the service was stopped half-way`, async () => {
    await insertMany(scenario);
    const toVersion = ((await state()).dataKey?.version ?? 0) + 1;
    const started = performance.now();
    await rotate();
    // Ended between two batches, as by a kill: what is committed is all that counts.
    await scenario.vault.stop();
    const { rows } = await scenario.sql.query<{ left: string }>(
      'SELECT count(*) AS left FROM credentials_vault.credential_versions WHERE organization_id = $1 AND data_key_version < $2',
      [scenario.organization.id, toVersion],
    );
    scenario.vault = await scenario.launch();
    await scenario.redeem(await scenario.grantFor('many-77'));
    await scenario.create('while-rotating');
    const done = await finished();
    const seconds = (performance.now() - started) / 1000;
    expect(done.rotation).toMatchObject({ toVersion, remaining: 0 });
    expect(Number(rows[0]?.left)).toBeGreaterThan(0);
    // Promised are 10 s on a quiet machine.
    expect(seconds).toBeLessThan(100);
    for (const key of ['many-0', `many-${MANY - 1}`])
      expect(await scenario.redeem(await scenario.grantFor(key))).toMatchObject({ data: { key: `secret of ${key}` } });
    expect(await scenario.redeem(await scenario.grantFor('while-rotating'))).toMatchObject({ type: 'api_key' });
  }, 120_000);

  it('changes the key-encryption key while the service runs on, and needs the former one no longer', async () => {
    const former = scenario.secrets.vaultKey;
    const next = randomBytes(32).toString('base64');
    await scenario.vault.stop();
    await expect(scenario.launch(next)).rejects.toThrow(/CREDENTIALS_VAULT_FORMER_KEYS/);
    scenario.vault = await scenario.launch(next, { CREDENTIALS_VAULT_FORMER_KEYS: former });
    expect(await scenario.redeem(await scenario.grantFor('one'))).toMatchObject({ type: 'api_key' });
    await eventually(async () => expect((await state()).keyEncryptionKey).toMatchObject({ current: true }));
    await eventually(async () => {
      const { rows } = await scenario.sql.query(
        'SELECT count(DISTINCT key_encryption_key_id)::int AS ids FROM credentials_vault.data_keys',
      );
      expect(rows).toEqual([{ ids: 1 }]);
    });
    await scenario.vault.stop();
    scenario.vault = await scenario.launch(next);
    expect(await scenario.redeem(await scenario.grantFor('one'))).toMatchObject({ type: 'api_key' });
    await scenario.vault.stop();
    await expect(scenario.launch(former)).rejects.toThrow(/CREDENTIALS_VAULT_KEY is not the key/);
    scenario.vault = await scenario.launch(next);
  });
});

/** Straight into the tables, encrypted by the running service's own keys. */
async function insertMany(scenario: VaultScenario): Promise<void> {
  const organizationId = scenario.organization.id;
  const rows = Array.from({ length: MANY }, (_, index) => ({ id: randomUUID(), key: `many-${index}` }));
  const { rows: keys } = await scenario.sql.query<{ version: number; keyEncryptionKeyId: string; wrapped: Buffer }>(
    `SELECT version, key_encryption_key_id AS "keyEncryptionKeyId", wrapped FROM credentials_vault.data_keys
      WHERE organization_id = $1 ORDER BY version DESC LIMIT 1`,
    [organizationId],
  );
  const [wrapped] = keys;
  if (!wrapped) throw new Error('There is no data key.');
  const sealed = await scenario.vault.app.get(DataKeys, { strict: false }).unwrap(organizationId, wrapped, (key) =>
    rows.map((row) => {
      const value = Buffer.from(JSON.stringify({ key: `secret of ${row.key}` }));
      return seal(key, value, ['credential', organizationId, row.id, 1]);
    }),
  );
  await scenario.sql.query(
    `INSERT INTO credentials_vault.credentials (id, organization_id, name, key, type, fields, version)
     SELECT id, $1, key, key, 'api_key', '{key}', 1 FROM unnest($2::uuid[], $3::text[]) AS n (id, key)`,
    [organizationId, rows.map((row) => row.id), rows.map((row) => row.key)],
  );
  await scenario.sql.query(
    `INSERT INTO credentials_vault.credential_versions (credential_id, version, organization_id, data_key_version, sealed)
     SELECT id, 1, $1, $4, sealed FROM unnest($2::uuid[], $3::bytea[]) AS n (id, sealed)`,
    [organizationId, rows.map((row) => row.id), sealed, wrapped.version],
  );
}

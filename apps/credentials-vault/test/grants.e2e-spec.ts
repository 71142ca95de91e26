import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCredential, redeemGrant, SYSTEM_ROLES } from '@rpa/contracts';
import { SECRET, VaultScenario } from './vault-scenario.js';

describe('grants of credentials', () => {
  let scenario: VaultScenario;
  beforeAll(async () => {
    scenario = await VaultScenario.start();
  });
  afterAll(() => scenario.close());

  it('gives it to a worker by a grant of executions, sealed to that worker, and writes the use down', async () => {
    const { id } = await scenario.create('granted');
    const grant = await scenario.grantFor('granted', { path: 'each.3.call', attempt: 2 });
    expect(await scenario.redeem(grant)).toEqual({ type: 'api_key', data: { key: SECRET } });
    const { rows } = await scenario.sql.query(
      'SELECT organization_id, version, service, path, attempt FROM credentials_vault.credential_uses WHERE credential_id = $1',
      [id],
    );
    expect(rows).toEqual([
      { organization_id: scenario.organization.id, version: 1, service: 'worker', path: 'each.3.call', attempt: 2 },
    ]);
  });

  it('refuses every grant that executions did not give for this', async () => {
    await scenario.create('wanted');
    const refused = { code: 'credential_refused', retryable: false };
    await expect(scenario.redeem(await scenario.grantFor('wanted', {}, 'worker'))).rejects.toMatchObject(refused);
    await expect(scenario.redeem(await scenario.grantFor('absent'))).rejects.toMatchObject(refused);
    await expect(
      scenario.redeem(await scenario.grantFor('wanted', { organizationId: scenario.stranger.id }), scenario.stranger),
    ).rejects.toMatchObject(refused);
    await expect(scenario.redeem(await scenario.grantFor('wanted'), scenario.stranger)).rejects.toMatchObject(refused);
    await expect(scenario.redeem(await scenario.grantFor('wanted', { attempt: 'x' as never }))).rejects.toMatchObject(
      refused,
    );
    await expect(scenario.redeem('not.a.token')).rejects.toMatchObject(refused);
    const executions = await scenario.identityOf('executions');
    const claims = {
      organizationId: scenario.organization.id,
      credentialKey: 'wanted',
      executionId: randomUUID(),
      path: 'a',
      attempt: 1,
    };
    const elsewhere = await executions.sign(claims, { audience: 'rpa', expiresInSeconds: 60 });
    await expect(scenario.redeem(elsewhere)).rejects.toMatchObject(refused);
    const expired = await executions.sign(claims, { audience: 'credentials-vault', expiresInSeconds: -60 });
    await expect(scenario.redeem(expired)).rejects.toMatchObject(refused);
    const { principal } = await scenario.user();
    await expect(
      scenario.gateway.request(redeemGrant, { grant: elsewhere, publicKey: 'x' }, { principal, timeoutMs: 500 }),
    ).rejects.toThrow();
  });

  it('refuses a key that it cannot seal to', async () => {
    await scenario.create('sealed');
    const identity = await scenario.identityOf('worker');
    const principal = await identity.serviceToken({ id: scenario.organization.id });
    for (const publicKey of ['', 'short', Buffer.alloc(32).toString('base64url')])
      await expect(
        scenario.worker.request(redeemGrant, { grant: await scenario.grantFor('sealed'), publicKey }, { principal }),
      ).rejects.toMatchObject({ code: 'validation_failed' });
    const other = generateKeyPairSync('x25519').publicKey.export({ format: 'jwk' }).x ?? '';
    const reply = await scenario.worker.request(
      redeemGrant,
      { grant: await scenario.grantFor('sealed'), publicKey: other },
      { principal },
    );
    expect(Buffer.from(reply.sealed.ciphertext, 'base64url').toString('latin1')).not.toContain(SECRET);
  });

  it('does not open a value that was moved to another credential', async () => {
    const [one, two] = [await scenario.create('one', { data: { key: 'first secret' } }), await scenario.create('two')];
    await scenario.sql.query(
      `UPDATE credentials_vault.credential_versions SET sealed =
         (SELECT sealed FROM credentials_vault.credential_versions WHERE credential_id = $1) WHERE credential_id = $2`,
      [one.id, two.id],
    );
    await expect(scenario.redeem(await scenario.grantFor('two'))).rejects.toMatchObject({
      code: 'credential_unavailable',
    });
  });

  it('makes one data key when an organization stores its first credentials at once', async () => {
    const fresh = { id: randomUUID(), slug: 'fresh' };
    const as = await scenario.user(SYSTEM_ROLES.owner, fresh);
    const requests = Array.from({ length: 8 }, (_, index) => ({
      name: 'n',
      key: `k${index}`,
      type: 'bearer' as const,
      data: { token: `token ${index}` },
    }));
    await Promise.all(requests.map((request) => scenario.gateway.request(createCredential, request, as)));
    const { rows } = await scenario.sql.query(
      'SELECT version FROM credentials_vault.data_keys WHERE organization_id = $1',
      [fresh.id],
    );
    expect(rows).toEqual([{ version: 1 }]);
    for (const { key, data } of requests)
      expect(await scenario.redeem(await scenario.grantFor(key, { organizationId: fresh.id }), fresh)).toMatchObject({
        data,
      });
  });

  it('reads what it wrote after a restart, and refuses to start with another key', async () => {
    await scenario.create('durable');
    await scenario.vault.stop();
    await expect(scenario.launch(randomBytes(32).toString('base64'))).rejects.toThrow(
      /CREDENTIALS_VAULT_KEY is not the key/,
    );
    scenario.vault = await scenario.launch();
    expect(await scenario.redeem(await scenario.grantFor('durable'))).toEqual({
      type: 'api_key',
      data: { key: SECRET },
    });
  });
});

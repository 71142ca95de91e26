import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { SERVICES } from '@rpa/contracts';
import { Identity } from '../principal/identity.js';
import { makeSecrets, provisionSecrets, secretsEnvironment } from './provision-secrets.js';

describe('Secrets of an installation', () => {
  let dir: string;
  beforeEach(() => void (dir = join(mkdtempSync(join(tmpdir(), 'secrets-')), 'inner')));
  afterEach(() => rmSync(join(dir, '..'), { recursive: true }));

  it('are made once and kept, for the owner only', () => {
    const first = provisionSecrets(dir);
    expect(provisionSecrets(dir)).toEqual(first);
    expect(statSync(join(dir, 'secrets.json')).mode & 0o777).toBe(0o600);
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    expect(makeSecrets().vaultKey).not.toBe(first.vaultKey);
  });

  it('are completed for services that a newer version brings, and nothing known is changed', async () => {
    const full = provisionSecrets(dir);
    const file = join(dir, 'secrets.json');
    const older = JSON.parse(readFileSync(file, 'utf8')) as typeof full;
    delete (older.natsPasswords as Partial<typeof older.natsPasswords>).ai;
    delete (older.identityKeys as Partial<typeof older.identityKeys>).ai;
    const { keys } = JSON.parse(older.trustedKeys) as { keys: { kid: string }[] };
    older.trustedKeys = JSON.stringify({ keys: keys.filter(({ kid }) => !kid.startsWith('ai:')) });
    writeFileSync(file, JSON.stringify(older));
    const completed = provisionSecrets(dir);
    expect(completed).toMatchObject({ vaultKey: full.vaultKey, calloutSeed: full.calloutSeed });
    expect(completed.identityKeys.auth).toBe(full.identityKeys.auth);
    expect(provisionSecrets(dir)).toEqual(completed);
    const { identityKeys, trustedKeys } = completed;
    const loaded = SERVICES.map((service) =>
      Identity.load({ service, identityKey: identityKeys[service], trustedKeys }),
    );
    expect(await Promise.all(loaded)).toHaveLength(SERVICES.length);
  });

  it('reach each service without those of the others', () => {
    const secrets = makeSecrets();
    for (const service of SERVICES) {
      const text = JSON.stringify(secretsEnvironment(secrets, service));
      for (const other of SERVICES.filter((name) => name !== service)) {
        expect(text).not.toContain(secrets.natsPasswords[other]);
        expect(text).not.toContain(JSON.stringify(secrets.identityKeys[other]).slice(1, -1));
      }
      expect(text.includes(secrets.vaultKey)).toBe(service === 'credentials-vault');
      expect(text.includes(secrets.calloutSeed)).toBe(service === 'triggers');
    }
  });
});

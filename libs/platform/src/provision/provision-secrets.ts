import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SERVICES, type ServiceName } from '@rpa/contracts';
import { newAccountSeed } from '@rpa/messaging';
import { environmentPrefix } from '../config/service.config.js';

/** Everything secret that an installation needs before its first start. */
export interface InstallationSecrets {
  natsPasswords: Record<ServiceName, string>;
  /** P-256 private keys, PKCS #8 PEM. */
  identityKeys: Record<ServiceName, string>;
  /** Public halves as a JWKS. */
  trustedKeys: string;
  /** Key-encryption key of the vault, 32 bytes in base64. */
  vaultKey: string;
  /** NATS account seed by which triggers signs its answers to the auth callout. */
  calloutSeed: string;
  /** Of the NATS user `system`, who sees the server and its accounts. */
  natsSystemPassword: string;
  /** Of the PostgreSQL role `rpa`, where the installation makes its own server. */
  databasePassword: string;
}

const FILE = 'secrets.json';

/**
 * Reads the secrets of an installation, or makes them when there are none: each service has its own NATS password and
 * identity key. Written once, readable by the owner only.
 */
export function provisionSecrets(directory: string): InstallationSecrets {
  const file = join(directory, FILE);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as InstallationSecrets;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const secrets = makeSecrets();
  writeFileSync(`${file}.new`, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return secrets;
}

export function makeSecrets(): InstallationSecrets {
  const pairs = SERVICES.map((service) => ({ service, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) }));
  const each = <T>(make: (service: ServiceName) => T): Record<ServiceName, T> =>
    Object.fromEntries(SERVICES.map((service) => [service, make(service)])) as Record<ServiceName, T>;
  const pem = new Map(
    pairs.map((pair) => [pair.service, String(pair.privateKey.export({ type: 'pkcs8', format: 'pem' }))]),
  );
  const keys = pairs.map(({ service, publicKey }) => {
    const jwk = publicKey.export({ format: 'jwk' });
    const thumbprint = createHash('sha256').update(`${jwk.x}.${jwk.y}`).digest('hex').slice(0, 12);
    return { ...jwk, kid: `${service}:${thumbprint}`, alg: 'ES256', use: 'sig' };
  });
  return {
    natsPasswords: each(() => randomBytes(24).toString('base64url')),
    identityKeys: each((service) => pem.get(service) ?? ''),
    trustedKeys: JSON.stringify({ keys }),
    vaultKey: randomBytes(32).toString('base64'),
    calloutSeed: newAccountSeed(),
    natsSystemPassword: randomBytes(24).toString('base64url'),
    databasePassword: randomBytes(24).toString('base64url'),
  };
}

/** Environment of one service of an installation: only its own secrets. */
export function secretsEnvironment(secrets: InstallationSecrets, service: ServiceName): Record<string, string> {
  return {
    NATS_USER: service,
    NATS_PASSWORD: secrets.natsPasswords[service],
    IDENTITY_KEY: secrets.identityKeys[service],
    TRUSTED_KEYS: secrets.trustedKeys,
    ...(service === 'credentials-vault' && { [`${environmentPrefix(service)}_KEY`]: secrets.vaultKey }),
    ...(service === 'triggers' && { NATS_CALLOUT_SEED: secrets.calloutSeed }),
  };
}

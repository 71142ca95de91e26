import { createHash, generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
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
  /** Key of the hash chains of the audit log, 32 bytes in base64. */
  auditKey: string;
  /** Key by which auth seals what it must read again, 32 bytes in base64. */
  authKey: string;
  /** Lets the operator register organizations where that is by invitation only. */
  registrationToken: string;
  /** NATS account seed by which triggers signs its answers to the auth callout. */
  calloutSeed: string;
  /** Of the NATS user `system`, who sees the server and its accounts. */
  natsSystemPassword: string;
  /** Of the PostgreSQL role `rpa`, where the installation makes its own server. */
  databasePassword: string;
}

const FILE = 'secrets.json';

/**
 * Reads the secrets of an installation, or makes them when there are none; what a newer version needs besides is added.
 * Each service has its own NATS password and identity key. Readable by the owner only.
 */
export function provisionSecrets(directory: string): InstallationSecrets {
  const file = join(directory, FILE);
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Partial<InstallationSecrets>) : {};
  const secrets = completeSecrets(known);
  if (JSON.stringify(secrets) === JSON.stringify(known)) return secrets;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}.new`;
  writeFileSync(draft, JSON.stringify(secrets, null, 2), { mode: 0o600 });
  renameSync(draft, file);
  return secrets;
}

export function makeSecrets(): InstallationSecrets {
  return completeSecrets({});
}

function completeSecrets(known: Partial<InstallationSecrets>): InstallationSecrets {
  const trusted = (JSON.parse(known.trustedKeys ?? '{"keys":[]}') as { keys: JsonWebKey[] }).keys;
  const identityKeys = { ...known.identityKeys } as Record<ServiceName, string>;
  const natsPasswords = { ...known.natsPasswords } as Record<ServiceName, string>;
  for (const service of SERVICES) {
    natsPasswords[service] ??= randomPassword();
    if (identityKeys[service]) continue;
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    identityKeys[service] = String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const jwk = publicKey.export({ format: 'jwk' });
    const thumbprint = createHash('sha256').update(`${jwk.x}.${jwk.y}`).digest('hex').slice(0, 12);
    trusted.push({ ...jwk, kid: `${service}:${thumbprint}`, alg: 'ES256', use: 'sig' } as JsonWebKey);
  }
  return {
    natsPasswords,
    identityKeys,
    trustedKeys: JSON.stringify({ keys: trusted }),
    vaultKey: known.vaultKey ?? randomBytes(32).toString('base64'),
    auditKey: known.auditKey ?? randomBytes(32).toString('base64'),
    authKey: known.authKey ?? randomBytes(32).toString('base64'),
    registrationToken: known.registrationToken ?? randomPassword(),
    calloutSeed: known.calloutSeed ?? newAccountSeed(),
    natsSystemPassword: known.natsSystemPassword ?? randomPassword(),
    databasePassword: known.databasePassword ?? randomPassword(),
  };
}

function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Environment of one service of an installation: only its own secrets. */
export function secretsEnvironment(secrets: InstallationSecrets, service: ServiceName): Record<string, string> {
  return {
    NATS_USER: service,
    NATS_PASSWORD: secrets.natsPasswords[service],
    IDENTITY_KEY: secrets.identityKeys[service],
    TRUSTED_KEYS: secrets.trustedKeys,
    ...(service === 'credentials-vault' && { [`${environmentPrefix(service)}_KEY`]: secrets.vaultKey }),
    ...(service === 'auth' && {
      AUDIT_KEY: secrets.auditKey,
      AUTH_KEY: secrets.authKey,
      REGISTRATION_TOKEN: secrets.registrationToken,
    }),
    ...(service === 'triggers' && { NATS_CALLOUT_SEED: secrets.calloutSeed }),
  };
}

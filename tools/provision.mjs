#!/usr/bin/env node
/**
 * Makes the secrets of an installation that does not run from this folder (compose, Kubernetes), and the configuration of its
 * NATS server. Run once; run again it changes nothing that exists.
 *
 *   node tools/provision.mjs <folder> [--database-host postgres] [--nats-host nats] [--namespace rpa]
 *
 * <folder>/<service>/<VARIABLE> holds one secret each (services read them through <VARIABLE>_FILE), <folder>/nats holds
 * nats-server.conf, <folder>/postgres the database password, <folder>/kubernetes-secrets.yaml the same as Secrets.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { natsUsers, SERVICES } from '@rpa/contracts';
import { renderNatsConfig } from '@rpa/embedded';
import { publicKeyOfSeed } from '@rpa/messaging';
import { provisionSecrets, secretsEnvironment } from '@rpa/platform';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    'database-host': { type: 'string', default: 'postgres' },
    'nats-host': { type: 'string', default: 'nats' },
    namespace: { type: 'string', default: 'rpa' },
  },
});
if (positionals.length !== 1) {
  console.error(
    'Usage: node tools/provision.mjs <folder> [--database-host postgres] [--nats-host nats] [--namespace rpa]',
  );
  process.exit(2);
}

const folder = resolve(positionals[0]);
const secrets = provisionSecrets(folder);
const databaseUrl = `postgresql://rpa:${secrets.databasePassword}@${options['database-host']}:5432/rpa`;
const WITHOUT_DATABASE = new Set(['gateway', 'worker', 'ai']);

/** Every file of every consumer: `{ auth: { NATS_PASSWORD: '...' }, nats: { 'nats-server.conf': '...' }, ... }`. */
const files = {
  ...Object.fromEntries(
    SERVICES.map((service) => [
      service,
      {
        ...secretsEnvironment(secrets, service),
        ...(WITHOUT_DATABASE.has(service) ? {} : { DATABASE_URL: databaseUrl }),
      },
    ]),
  ),
  nats: {
    'nats-server.conf': renderNatsConfig({
      serverName: 'rpa',
      host: '0.0.0.0',
      port: 4222,
      monitoring: { host: '0.0.0.0', port: 8222 },
      storeDir: '/data/jetstream',
      users: natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user] })),
      system: { user: 'system', password: secrets.natsSystemPassword },
      authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) },
    }),
  },
  postgres: { password: secrets.databasePassword },
};

for (const [consumer, entries] of Object.entries(files)) {
  // Containers run as other users than the one who provisions: each sees its own folder only, as it is mounted.
  mkdirSync(join(folder, consumer), { recursive: true, mode: 0o755 });
  for (const [name, value] of Object.entries(entries))
    writeFileSync(join(folder, consumer, name), value, { mode: 0o644 });
}

const manifests = Object.entries(files).map(([consumer, entries]) =>
  JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: `${consumer}-secrets`, namespace: options.namespace },
    type: 'Opaque',
    stringData: entries,
  }),
);
writeFileSync(join(folder, 'kubernetes-secrets.yaml'), `${manifests.join('\n---\n')}\n`, { mode: 0o600 });
console.log(`Secrets of ${Object.keys(files).length} consumers are in ${folder}`);

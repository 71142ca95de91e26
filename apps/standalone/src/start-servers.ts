import { join } from 'node:path';
import { natsUsers } from '@rpa/contracts';
import { choosePort, lockDataDir, startNats, startPostgres } from '@rpa/embedded';
import { publicKeyOfSeed } from '@rpa/messaging';
import { provisionSecrets, type InstallationSecrets } from '@rpa/platform';
import { Client } from 'pg';
import { givenDatabase, givenNats } from './given-servers.js';
import { progress } from './progress.js';
import { dataDirOf, type StandaloneConfig } from './standalone.config.js';

const DATABASE = 'rpa';

export interface Servers {
  secrets: InstallationSecrets;
  databaseUrl: string;
  natsUrl: string;
  stop(): Promise<void>;
}

/**
 * What the services stand on: the locked data folder, its secrets, PostgreSQL and NATS (embedded unless `DATABASE_URL` or
 * `NATS_URL` name others). The servers end last, after everything that uses them.
 */
export async function startServers(config: StandaloneConfig): Promise<Servers> {
  const dataDir = dataDirOf(config);
  const lock = await lockDataDir(dataDir);
  const stops: (() => Promise<void>)[] = [() => lock.release()];
  const stop = async (): Promise<void> => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    // Known in a millisecond now, or in five seconds from the gateway.
    await choosePort({ port: config.port, preferred: [], host: config.host, server: 'The gateway', setting: 'PORT' });
    const secrets = provisionSecrets(join(dataDir, 'secrets'));
    // Both are waited for even when one fails: a server that is still starting must be there to be stopped.
    const [database, nats] = await Promise.allSettled([
      config.databaseUrl ? givenDatabase(config.databaseUrl) : embeddedDatabase(dataDir, secrets, stops),
      config.natsUrl ? givenNats(config.natsUrl) : embeddedNats(config, dataDir, secrets, stops),
    ]);
    if (database.status === 'rejected') throw database.reason as Error;
    if (nats.status === 'rejected') throw nats.reason as Error;
    return { secrets, databaseUrl: database.value, natsUrl: nats.value, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function embeddedDatabase(
  dataDir: string,
  secrets: InstallationSecrets,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const server = await startPostgres({ dataDir: join(dataDir, 'postgres'), log: progress });
  stops.push(() => server.stop());
  await ensureDatabase(server.url, secrets.databasePassword);
  progress(`PostgreSQL is up on port ${server.port}`);
  return `postgresql://${DATABASE}:${secrets.databasePassword}@127.0.0.1:${server.port}/${DATABASE}`;
}

/** The services work as an ordinary role that owns one database; nobody works as the superuser. */
async function ensureDatabase(adminUrl: string, password: string): Promise<void> {
  const client = new Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [DATABASE]);
    const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER';
    await client.query(`${verb} ROLE ${DATABASE} LOGIN PASSWORD ${client.escapeLiteral(password)}`);
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
  } finally {
    await client.end();
  }
}

async function embeddedNats(
  config: StandaloneConfig,
  dataDir: string,
  secrets: InstallationSecrets,
  stops: (() => Promise<void>)[],
): Promise<string> {
  const server = await startNats({
    dataDir: join(dataDir, 'nats'),
    ...(config.natsPort > 0 && { port: config.natsPort }),
    users: natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user] })),
    system: { user: 'system', password: secrets.natsSystemPassword },
    authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) },
    log: progress,
  });
  stops.push(() => server.stop());
  progress(`NATS is up on port ${server.port}`);
  return server.url;
}

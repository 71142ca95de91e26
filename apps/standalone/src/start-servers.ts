import { join } from 'node:path';
import { natsUsers } from '@rpa/contracts';
import { choosePort, lockDataDir, startNats, startPostgres } from '@rpa/embedded';
import { publicKeyOfSeed } from '@rpa/messaging';
import { provisionSecrets, type InstallationSecrets } from '@rpa/platform';
import { ensureRoles, type DatabaseUrls } from './database-roles.js';
import { givenDatabase, givenNats } from './given-servers.js';
import { progress } from './progress.js';
import { dataDirOf, type StandaloneConfig } from './standalone.config.js';

export interface Servers {
  secrets: InstallationSecrets;
  database: DatabaseUrls;
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
      config.databaseUrl ? oneRole(config.databaseUrl) : embeddedDatabase(dataDir, secrets, stops),
      config.natsUrl ? givenNats(config.natsUrl) : embeddedNats(config, dataDir, secrets, stops),
    ]);
    if (database.status === 'rejected') throw database.reason as Error;
    if (nats.status === 'rejected') throw nats.reason as Error;
    return { secrets, database: database.value, natsUrl: nats.value, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function oneRole(databaseUrl: string): Promise<DatabaseUrls> {
  return { url: await givenDatabase(databaseUrl), auth: null };
}

async function embeddedDatabase(
  dataDir: string,
  secrets: InstallationSecrets,
  stops: (() => Promise<void>)[],
): Promise<DatabaseUrls> {
  const server = await startPostgres({ dataDir: join(dataDir, 'postgres'), log: progress });
  stops.push(() => server.stop());
  const urls = await ensureRoles(server.url, secrets.databasePassword);
  progress(`PostgreSQL is up on port ${server.port}`);
  return urls;
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

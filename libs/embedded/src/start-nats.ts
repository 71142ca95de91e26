import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { checkDataDir } from './check-data-dir.js';
import type { ReadFreeSpace } from './check-data-dir.js';
import type { EmbeddedServer, Log } from './embedded-server.js';
import { keepRunning } from './keep-running.js';
import type { RunningProcess } from './keep-running.js';
import { NatsPortLost, endLeftoverNats, endNats, launchNats } from './launch-nats.js';
import type { NatsLaunch } from './launch-nats.js';
import { natsBinary } from './nats-binary.js';
import { choosePort } from './port.js';
import { renderNatsConfig } from './render-nats-config.js';
import type { NatsServerConfig } from './render-nats-config.js';

const DEFAULT_HOST = '127.0.0.1';
const DEFAULT_PORT = 4222;
const PORT_ATTEMPTS = 5;

type Permissions = Pick<
  NatsServerConfig,
  'users' | 'system' | 'authCallout' | 'monitoring' | 'maxMemoryBytes' | 'maxFileBytes'
>;

export interface NatsOptions extends Permissions {
  /** Folder of this server alone, created if absent; hold its lock (`lockDataDir`) or one above it. */
  readonly dataDir: string;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** 0: any free port. Left out: the one of the last start, else 4222, else any that is free. */
  readonly port?: number;
  readonly log?: Log;
  /** For tests of a full disk. */
  readonly freeSpace?: ReadFreeSpace;
}

type Place = Omit<NatsLaunch, 'port'>;

async function writeConfig(options: NatsOptions, place: Place, port: number): Promise<void> {
  const { users, system, authCallout, monitoring, maxMemoryBytes, maxFileBytes } = options;
  const content = renderNatsConfig({
    serverName: 'rpa-embedded',
    host: place.host,
    port,
    storeDir: join(place.dataDir, 'jetstream'),
    pidFile: place.pidFile,
    logFile: place.logFile,
    users,
    system,
    ...(authCallout && { authCallout }),
    ...(monitoring && { monitoring }),
    ...(maxMemoryBytes !== undefined && { maxMemoryBytes }),
    ...(maxFileBytes !== undefined && { maxFileBytes }),
  });
  const partial = `${place.configFile}.new`;
  await rm(partial, { force: true });
  await writeFile(partial, content, { mode: 0o600 });
  await rename(partial, place.configFile);
}

interface FirstLaunch {
  readonly port: number;
  readonly running: RunningProcess;
}

async function firstLaunch(options: NatsOptions, place: Place): Promise<FirstLaunch> {
  const portFile = join(place.dataDir, 'port');
  const previous = Number(await readFile(portFile, 'utf8').catch(() => '')) || undefined;
  for (let attempt = 1; ; attempt++) {
    const port = await choosePort({
      port: options.port,
      preferred: attempt === 1 ? [previous, DEFAULT_PORT] : [],
      host: place.host,
      server: 'NATS',
      setting: 'NATS_PORT',
    });
    await writeConfig(options, place, port);
    try {
      const running = await launchNats({ ...place, port });
      await writeFile(portFile, String(port));
      return { port, running };
    } catch (error) {
      if (!(error instanceof NatsPortLost) || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/**
 * Starts nats-server with JetStream, written to disk before it is acknowledged. Only the given users
 * get in, each with its own subjects. Resolves when it talks to clients, and keeps it running until
 * `stop`: a server that dies is started again on the same port. One that a killed process left
 * running is ended first.
 *
 * @throws EmbeddedError any code; see `embeddedErrorCode`
 */
export async function startNats(options: NatsOptions): Promise<EmbeddedServer> {
  const log = options.log ?? (() => undefined);
  const dataDir = resolve(options.dataDir);
  await checkDataDir(dataDir, options.freeSpace);
  const place: Place = {
    binary: await natsBinary(),
    dataDir,
    configFile: join(dataDir, 'nats-server.conf'),
    pidFile: join(dataDir, 'nats-server.pid'),
    logFile: join(dataDir, 'nats-server.log'),
    host: options.host ?? DEFAULT_HOST,
  };
  const leftover = await endLeftoverNats(place);
  if (leftover !== undefined) log(`Ended the nats-server (pid ${leftover}) that an earlier process left running.`);

  const { port, running } = await firstLaunch(options, place);
  let first: RunningProcess | undefined = running;
  const launch = async () => {
    const ready = first ?? (await launchNats({ ...place, port }));
    first = undefined;
    return ready;
  };
  const kept = await keepRunning({ name: 'NATS', launch, end: endNats, log });
  return {
    url: `nats://${place.host}:${port}`,
    port,
    adopted: false,
    get pid() {
      return kept.current().pid;
    },
    stop: kept.stop,
  };
}

import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEmbeddedEnvironment } from './embedded.config.js';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import { endProcess, signalGroup } from './end-process.js';
import { endOfChild, endOfStranger } from './keep-running.js';
import type { RunningProcess } from './keep-running.js';
import { identifyProcess } from './process-identity.js';
import type { ProcessIdentity } from './process-identity.js';
import type { PostgresLocation } from './postgres-location.js';
import { openServerLog } from './server-log.js';
import type { ServerUser } from './server-user.js';

const POLL_MS = 10;
/** Replaying a full write-ahead log after a crash takes its time. */
const READY_TIMEOUT_MS = 5 * 60_000;
/** For processes of a killed server to let go of its shared memory. */
const LEFTOVER_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 8_000;
const HELD_BY_LEFTOVER = /shared memory|lock file ".*" already exists/;
const CANNOT_LISTEN = /could not bind|could not create any TCP\/IP sockets/;

export interface PostgresLaunch {
  readonly binary: string;
  readonly args: readonly string[];
  readonly location: PostgresLocation;
  readonly user: ServerUser | undefined;
}

/** The port was taken between choosing and listening. */
export class PortLost extends Error {}

/** Fast shutdown: sessions are ended, everything is written. */
export const endPostgres = (pid: number): Promise<boolean> => endProcess(pid, STOP_TIMEOUT_MS, { polite: 'SIGINT' });

async function readPidFile(cluster: string): Promise<string[]> {
  const content = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return content.split('\n').map((line) => line.trim());
}

const isOurs = (found: ProcessIdentity, cluster: string) => found.command.join(' ').includes(`-D ${cluster}`);

async function findInPidFile(cluster: string): Promise<ProcessIdentity | undefined> {
  return identifyProcess(Number((await readPidFile(cluster))[0]));
}

async function isReady(cluster: string, pid: number): Promise<boolean> {
  const lines = await readPidFile(cluster);
  return lines[0] === String(pid) && lines[7] === 'ready';
}

/** @returns the port of a server that an earlier process left running, to go on with it if nothing else changed */
export async function leftoverPort(cluster: string): Promise<number | undefined> {
  const found = await findInPidFile(cluster);
  return found && isOurs(found, cluster) ? Number((await readPidFile(cluster))[3]) || undefined : undefined;
}

/** Goes on with a left-over server that runs just as it would be started now; ends any other. */
export async function adoptOrEnd({ location, args }: PostgresLaunch): Promise<RunningProcess | undefined> {
  const leftover = await findInPidFile(location.cluster);
  if (!leftover || !isOurs(leftover, location.cluster)) {
    // PostgreSQL refuses to start when the pid belongs to another program by now, or to a zombie. Only it can tell
    // about a server that somebody started by hand.
    const byHand = leftover && basename(leftover.command[0] ?? '').startsWith('postgres');
    if (!byHand) await rm(join(location.cluster, 'postmaster.pid'), { force: true });
    return undefined;
  }
  const same = leftover.command.slice(1).join('\0') === args.join('\0');
  if (same && (await isReady(location.cluster, leftover.pid))) {
    return { pid: leftover.pid, adopted: true, ended: endOfStranger(leftover.pid) };
  }
  await endPostgres(leftover.pid);
  return undefined;
}

type Attempt = { readonly running: RunningProcess } | { readonly failure: string };

async function attempt({ binary, args, location, user }: PostgresLaunch): Promise<Attempt> {
  const log = await openServerLog(join(location.dir, 'postgres.log'));
  try {
    const child = spawn(binary, args, {
      cwd: location.dir,
      detached: true,
      env: readEmbeddedEnvironment().forServers,
      stdio: ['ignore', log.fd, log.fd],
      ...(user && { uid: user.uid, gid: user.gid }),
    });
    child.unref();
    let reason: string | undefined;
    const ended = endOfChild(child);
    void ended.then((text) => (reason = text));
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (reason === undefined && performance.now() < deadline) {
      const { pid } = child;
      if (pid !== undefined && (await isReady(location.cluster, pid)))
        return { running: { pid, adopted: false, ended } };
      await sleep(POLL_MS);
    }
    if (child.pid !== undefined && reason === undefined) signalGroup(child.pid, 'SIGKILL');
    return { failure: `${(await log.tail()).trim()} (${reason ?? 'not ready in time'}; see ${log.path})` };
  } finally {
    await log.close();
  }
}

/**
 * Starts PostgreSQL and waits until it accepts connections.
 * @throws PortLost, EmbeddedError `SERVER_DOES_NOT_START`
 */
export async function launchPostgres(launch: PostgresLaunch): Promise<RunningProcess> {
  const deadline = performance.now() + LEFTOVER_TIMEOUT_MS;
  for (;;) {
    const result = await attempt(launch);
    if ('running' in result) return result.running;
    if (CANNOT_LISTEN.test(result.failure)) throw new PortLost(result.failure);
    if (!HELD_BY_LEFTOVER.test(result.failure) || performance.now() > deadline) {
      throw new EmbeddedError(
        embeddedErrorCode.serverFailed,
        `PostgreSQL in ${launch.location.cluster} does not start: ${result.failure}`,
        'Mend what its log names, or set DATABASE_URL to a PostgreSQL >= 16.',
      );
    }
    await sleep(POLL_MS * 10);
  }
}

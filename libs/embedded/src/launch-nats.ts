import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEmbeddedEnvironment } from './embedded.config.js';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import { endProcess, signalGroup } from './end-process.js';
import { endOfChild } from './keep-running.js';
import type { RunningProcess } from './keep-running.js';
import { identifyProcess } from './process-identity.js';
import { openServerLog } from './server-log.js';

const POLL_MS = 10;
/** Reading back large streams after a crash takes its time. */
const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 5_000;
const CANNOT_LISTEN = /address already in use|Error listening on port/;

export interface NatsLaunch {
  readonly binary: string;
  readonly dataDir: string;
  readonly configFile: string;
  readonly pidFile: string;
  /** Written and limited in size by the server itself once it has read its configuration. */
  readonly logFile: string;
  readonly host: string;
  readonly port: number;
}

/** The port was taken between choosing and listening. */
export class NatsPortLost extends Error {}

export const endNats = (pid: number): Promise<boolean> => endProcess(pid, STOP_TIMEOUT_MS);

/** Ends the server that a killed process left running on the folder, if it really is that server. */
export async function endLeftoverNats({
  pidFile,
  configFile,
}: Pick<NatsLaunch, 'pidFile' | 'configFile'>): Promise<number | undefined> {
  const found = await identifyProcess(Number(await readFile(pidFile, 'utf8').catch(() => '')));
  const ours = found?.command.join(' ').includes(`-c ${configFile}`) ? found.pid : undefined;
  if (ours !== undefined) await endNats(ours);
  await rm(pidFile, { force: true });
  return ours;
}

/** nats-server greets a client before it knows who it is; it listens only once its streams are recovered. */
function greets(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const answer = (ready: boolean) => {
      socket.destroy();
      resolve(ready);
    };
    socket.once('data', (data) => answer(data.toString('latin1').startsWith('INFO ')));
    socket.once('error', () => answer(false));
    socket.setTimeout(1_000, () => answer(false));
  });
}

/**
 * Starts nats-server and waits until it talks to clients.
 * @throws NatsPortLost, EmbeddedError `SERVER_DOES_NOT_START`
 */
export async function launchNats(launch: NatsLaunch): Promise<RunningProcess> {
  const { binary, configFile, pidFile, logFile, dataDir, host, port } = launch;
  const [log, ownLog] = await Promise.all([openServerLog(join(dataDir, 'nats-start.log')), openServerLog(logFile)]);
  try {
    const child = spawn(binary, ['-c', configFile], {
      cwd: dataDir,
      detached: true,
      env: readEmbeddedEnvironment().forServers,
      stdio: ['ignore', log.fd, log.fd],
    });
    child.unref();
    let reason: string | undefined;
    const ended = endOfChild(child);
    void ended.then((text) => (reason = text));
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (reason === undefined && performance.now() < deadline) {
      // The pid file is written before the port opens, so that the greeting is from this child.
      const { pid } = child;
      const written = (await readFile(pidFile, 'utf8').catch(() => '')).trim();
      if (pid !== undefined && written === String(pid) && (await greets(host, port))) {
        return { pid, adopted: false, ended };
      }
      await sleep(POLL_MS);
    }
    const output = `${await log.tail()}${await ownLog.tail()}`.trim();
    const failure = `${output} (${reason ?? 'not ready in time'}; see ${logFile})`;
    if (child.pid !== undefined && reason === undefined) signalGroup(child.pid, 'SIGKILL');
    if (CANNOT_LISTEN.test(failure)) throw new NatsPortLost(failure);
    throw new EmbeddedError(
      embeddedErrorCode.serverFailed,
      `nats-server (${binary}) in ${dataDir} does not start: ${failure}`,
      'Mend what its log names; if the binary is for another platform or too old, set NATS_SERVER_BIN to a nats-server ' +
        '>= 2.14, or NATS_URL to a running server.',
    );
  } finally {
    await Promise.all([log.close(), ownLog.close()]);
  }
}

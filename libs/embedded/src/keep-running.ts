import { setTimeout as sleep } from 'node:timers/promises';
import type { ChildProcess } from 'node:child_process';
import type { Log } from './embedded-server.js';
import { identifyProcess } from './process-identity.js';

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;
const WATCH_MS = 250;

export interface RunningProcess {
  readonly pid: number;
  readonly adopted: boolean;
  /** Settles with the reason when the process is gone; never rejects. */
  readonly ended: Promise<string>;
}

/** @returns settles when the child is gone, however */
export function endOfChild(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
}

/** The same for a process that is not our child and so sends us no event. */
export async function endOfStranger(pid: number): Promise<string> {
  const before = await identifyProcess(pid);
  while (before && (await identifyProcess(pid))?.startedAt === before.startedAt) {
    await sleep(WATCH_MS, undefined, { ref: false });
  }
  return 'it is gone';
}

export interface KeptServer {
  readonly name: string;
  launch(): Promise<RunningProcess>;
  end(pid: number): Promise<unknown>;
  readonly log: Log;
}

export interface KeptProcess {
  current(): RunningProcess;
  stop(): Promise<void>;
}

/** Starts a server and starts it again, with growing pauses, whenever it dies before `stop`. */
export async function keepRunning(server: KeptServer): Promise<KeptProcess> {
  let current = await server.launch();
  let alive = true;
  let relaunching: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  const relaunch = async (): Promise<void> => {
    for (let delay = FIRST_DELAY_MS; !stopping.signal.aborted; delay = Math.min(delay * 2, MAX_DELAY_MS)) {
      try {
        current = await server.launch();
        alive = true;
        return;
      } catch (error) {
        server.log(`${server.name} does not start: ${(error as Error).message}`);
        await sleep(delay, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const watch = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const reason = await current.ended;
      alive = false;
      if (stopping.signal.aborted) return;
      server.log(`${server.name} (pid ${current.pid}) died (${reason}); starting it again.`);
      relaunching = relaunch();
      await relaunching;
    }
  };
  void watch();

  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    stopping.abort();
    await relaunching;
    if (alive) await server.end(current.pid);
  };
  return { current: () => current, stop: () => (stopped ??= stop()) };
}

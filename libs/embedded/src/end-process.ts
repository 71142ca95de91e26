import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from './process-identity.js';

const POLL_MS = 10;

/** Signals the process group that the pid leads, else the process alone; a process that is gone is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  for (const target of process.platform === 'win32' ? [pid] : [-pid, pid]) {
    try {
      process.kill(target, signal);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}

/** @returns whether the process was gone in time */
export async function waitForEnd(pid: number, timeoutMs: number): Promise<boolean> {
  const before = await identifyProcess(pid);
  const deadline = performance.now() + timeoutMs;
  while (before && (await identifyProcess(pid))?.startedAt === before.startedAt) {
    if (performance.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}

export interface EndSignals {
  /** Asks for an orderly end; sent to the process alone, which ends its own children. */
  readonly polite?: NodeJS.Signals;
}

/**
 * Ends a process: politely, then after `graceMs` its whole group by SIGKILL.
 * @returns whether it ended without force
 */
export async function endProcess(pid: number, graceMs: number, signals: EndSignals = {}): Promise<boolean> {
  try {
    process.kill(pid, signals.polite ?? 'SIGTERM');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true;
    throw error;
  }
  if (await waitForEnd(pid, graceMs)) return true;
  signalGroup(pid, 'SIGKILL');
  await waitForEnd(pid, graceMs);
  return false;
}

import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkDataDir } from './check-data-dir.js';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import { identifyProcess } from './process-identity.js';

/** A process that was just killed may take a moment to vanish. */
const RETRY_MS = 2_000;
const PAUSE_MS = 50;

interface Holder {
  readonly pid: number;
  readonly startedAt: string;
  /** Tells two locks of one process apart. */
  readonly token: string;
}

export interface DataDirLock {
  /** Gives the folder back; harmless when called again. */
  release(): Promise<void>;
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    // A lock that is not JSON was cut off by a power failure: nobody holds it.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  return (await identifyProcess(holder.pid))?.startedAt === holder.startedAt;
}

/** A link appears whole or not at all, and to one of several processes only. */
async function tryTake(path: string, prepared: string): Promise<boolean> {
  try {
    await link(prepared, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Moves a dead process's lock away; puts it back if another process was faster and it is now that one's. */
async function removeStale(path: string, stale: Holder | undefined, token: string): Promise<void> {
  const aside = `${path}.${token}.stale`;
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  if ((await readHolder(aside))?.token !== stale?.token) await tryTake(path, aside);
  await rm(aside, { force: true });
}

/**
 * Keeps a second instance off a data folder. The lock of a process that was killed is taken over.
 * @throws EmbeddedError `DATA_DIR_IN_USE` naming the pid, `DATA_DIR_NOT_WRITABLE`, `DISK_FULL`
 */
export async function lockDataDir(dir: string): Promise<DataDirLock> {
  await checkDataDir(dir);
  const path = join(resolve(dir), 'lock');
  const self = await identifyProcess(process.pid);
  const mine: Holder = { pid: process.pid, startedAt: self?.startedAt ?? '', token: randomUUID() };
  const prepared = `${path}.${mine.token}`;
  await writeFile(prepared, JSON.stringify(mine), { mode: 0o600 });
  try {
    const deadline = performance.now() + RETRY_MS;
    while (!(await tryTake(path, prepared))) {
      const holder = await readHolder(path);
      if (!holder || !(await isAlive(holder))) await removeStale(path, holder, mine.token);
      else if (performance.now() < deadline && holder.pid !== process.pid) await sleep(PAUSE_MS);
      else throw inUse(dir, holder);
    }
  } finally {
    await rm(prepared, { force: true });
  }
  return {
    release: async () => {
      if ((await readHolder(path))?.token === mine.token) await rm(path, { force: true });
    },
  };
}

function inUse(dir: string, holder: Holder): EmbeddedError {
  return new EmbeddedError(
    embeddedErrorCode.dataDirInUse,
    `The data folder ${resolve(dir)} is in use by process ${holder.pid}.`,
    'End that process first, or set DATA_DIR (and PORT) to run a second instance beside it.',
  );
}

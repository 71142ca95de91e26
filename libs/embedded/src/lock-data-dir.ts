import { randomUUID } from 'node:crypto';
import { link, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
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
}

/** Nobody: what the last holder leaves behind. */
const RELEASED: Holder = { pid: 0, startedAt: '' };

export interface DataDirLock {
  /** Gives the folder back; harmless when called again. */
  release(): Promise<void>;
}

/**
 * A lock is a file `lock.<n>`; who made the one with the highest number holds the folder. Numbers only grow and the
 * highest file is never removed, so that of any number of processes that find a dead holder one wins.
 */
async function numbers(dir: string): Promise<number[]> {
  const found = (await readdir(dir)).flatMap((name) => /^lock\.(\d+)$/.exec(name)?.[1] ?? []);
  return found.map(Number).sort((a, b) => b - a);
}

const file = (dir: string, number: number) => join(dir, `lock.${number}`);

async function readHolder(path: string): Promise<Holder> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    // A lock that is not JSON was cut off by a power failure; one that is gone was overtaken by a higher one.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return RELEASED;
    throw error;
  }
}

async function isAlive(holder: Holder): Promise<boolean> {
  return (await identifyProcess(holder.pid))?.startedAt === holder.startedAt;
}

/** A link appears whole or not at all, and to one of several processes only. */
async function tryTake(dir: string, number: number, prepared: string): Promise<boolean> {
  try {
    await link(prepared, file(dir, number));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  const [highest, ...overtaken] = await numbers(dir);
  const won = highest === number;
  await Promise.all((won ? overtaken : [number]).map((old) => rm(file(dir, old), { force: true })));
  return won;
}

async function take(dir: string, prepared: string): Promise<number> {
  const deadline = performance.now() + RETRY_MS;
  for (;;) {
    const highest = (await numbers(dir))[0] ?? 0;
    const holder = highest === 0 ? RELEASED : await readHolder(file(dir, highest));
    if (!(await isAlive(holder))) {
      if (await tryTake(dir, highest + 1, prepared)) return highest + 1;
    } else if (holder.pid === process.pid || performance.now() > deadline) {
      throw inUse(dir, holder);
    } else {
      await sleep(PAUSE_MS);
    }
  }
}

/**
 * Keeps a second instance off a data folder. The lock of a process that was killed is taken over.
 * @throws EmbeddedError `DATA_DIR_IN_USE` naming the pid, `DATA_DIR_NOT_WRITABLE`, `DISK_FULL`
 */
export async function lockDataDir(dir: string): Promise<DataDirLock> {
  await checkDataDir(dir);
  const self = await identifyProcess(process.pid);
  const mine: Holder = { pid: process.pid, startedAt: self?.startedAt ?? '' };
  const prepared = join(dir, `lock-${randomUUID()}`);
  const write = (holder: Holder) => writeFile(prepared, JSON.stringify(holder), { mode: 0o600 });
  let number: number | undefined;
  try {
    await write(mine);
    number = await take(dir, prepared);
  } finally {
    await rm(prepared, { force: true });
  }
  return {
    release: async () => {
      if (number === undefined) return;
      const held = file(dir, number);
      number = undefined;
      await write(RELEASED);
      await rename(prepared, held);
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

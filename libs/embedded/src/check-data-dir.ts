import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';

/** What a fresh PostgreSQL and its write-ahead log need before the first row. */
export const MIN_FREE_BYTES = 200 * 1024 * 1024;

/** @returns the bytes that this process may still write to the file system of the folder */
export type ReadFreeSpace = (dir: string) => Promise<number>;

const readFreeSpace: ReadFreeSpace = async (dir) => {
  const { bavail, bsize } = await statfs(dir);
  return bavail * bsize;
};

function diskFull(dir: string, freeBytes: number, cause?: unknown): EmbeddedError {
  const mb = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MB`;
  return new EmbeddedError(
    embeddedErrorCode.diskFull,
    `The disk of ${dir} has ${mb(freeBytes)} free; at least ${mb(MIN_FREE_BYTES)} are needed.`,
    'Free some space, or set DATA_DIR to a folder on another disk.',
    { cause },
  );
}

/**
 * Creates the folder if need be and checks that a server can work in it.
 * @param freeSpace for tests of a full disk
 * @throws EmbeddedError `DISK_FULL`, `DATA_DIR_NOT_WRITABLE`
 */
export async function checkDataDir(dir: string, freeSpace: ReadFreeSpace = readFreeSpace): Promise<void> {
  try {
    // Others may pass through but not list: PostgreSQL runs as another user when this process is root.
    await mkdir(dir, { recursive: true, mode: 0o711 });
    const probe = join(dir, `.writable-${process.pid}`);
    await writeFile(probe, 'x');
    await rm(probe);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(dir, 0, error);
    throw new EmbeddedError(
      embeddedErrorCode.notWritable,
      `The data folder ${dir} cannot be written: ${message}.`,
      'Give this user the right to write there, or set DATA_DIR to another folder.',
      { cause: error },
    );
  }
  const free = await freeSpace(dir);
  if (free < MIN_FREE_BYTES) throw diskFull(dir, free);
}

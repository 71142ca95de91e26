import { chmod, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { scratchDir } from '../test/scenario.js';
import { postgresLocation } from './postgres-location.js';
import { firstNotEnterable } from './server-user.js';

const stranger = { name: 'nobody', uid: 65533, gid: 65533 };
const ignore = () => undefined;

describe('postgresLocation', () => {
  let parent: string;
  let dataDir: string;
  let fallback: string;

  beforeEach(async () => {
    parent = await mkdtemp(join(await scratchDir(), 'parent-'));
    dataDir = join(parent, 'data');
    fallback = join(await scratchDir(), 'fallback');
    await mkdir(dataDir, { mode: 0o700 });
  });

  it('is the folder itself where its parents let the user in', async () => {
    await chmod(parent, 0o711);
    expect(await postgresLocation(dataDir, stranger, ignore, fallback)).toEqual({
      dir: dataDir,
      cluster: join(dataDir, 'cluster'),
    });
    expect(await firstNotEnterable(dataDir, stranger)).toBeUndefined();
  });

  it('is elsewhere below a closed parent, and stays there when the parent is opened', async () => {
    const { dir } = await postgresLocation(dataDir, stranger, ignore, fallback);
    expect(dir.startsWith(join(fallback, 'postgres-'))).toBe(true);
    expect((await readFile(join(dataDir, 'location'), 'utf8')).trim()).toBe(dir);
    await chmod(parent, 0o755);
    expect((await postgresLocation(dataDir, stranger, ignore, fallback)).dir).toBe(dir);
  });

  it('never starts an empty database where one exists that cannot be entered any more', async () => {
    await mkdir(join(dataDir, 'cluster'));
    await expect(postgresLocation(dataDir, stranger, ignore, fallback)).rejects.toMatchObject({
      code: 'DATA_DIR_NOT_ENTERABLE',
      message: `PostgreSQL does not run as root but as nobody, who may not enter ${parent}, on the way to ${dataDir}.`,
      hint: expect.stringContaining(`chmod o+x ${parent}`),
    });
  });

  it('says so when there is no other place either', async () => {
    await expect(postgresLocation(dataDir, stranger, ignore, join(parent, 'closed-too'))).rejects.toMatchObject({
      code: 'DATA_DIR_NOT_ENTERABLE',
    });
  });
});

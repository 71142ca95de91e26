import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { otherProcess, scratchDir } from '../test/scenario.js';
import { lockDataDir } from './lock-data-dir.js';
import { identifyProcess } from './process-identity.js';

describe('lockDataDir', () => {
  let dir: string;
  const lockElsewhere = (then: string) =>
    otherProcess(`await embedded.lockDataDir(${JSON.stringify(dir)}); print('locked'); ${then}`);

  beforeEach(async () => {
    dir = join(await scratchDir(), 'data');
  });

  it('keeps a second process off, and names the first', async () => {
    const lock = await lockDataDir(dir);
    expect(await lockElsewhere('').next()).toEqual({
      failed: 'DATA_DIR_IN_USE',
      message: `The data folder ${dir} is in use by process ${process.pid}.`,
      hint: expect.stringContaining('DATA_DIR'),
    });
    await expect(lockDataDir(dir)).rejects.toMatchObject({ code: 'DATA_DIR_IN_USE' });
    await lock.release();
    await lock.release();
    const other = lockElsewhere('forever();');
    expect(await other.next()).toBe('locked');
    await other.kill();
  });

  it('is taken over from a process that was killed', async () => {
    const other = lockElsewhere('forever();');
    expect(await other.next()).toBe('locked');
    await expect(lockDataDir(dir)).rejects.toMatchObject({ message: expect.stringContaining(`${other.child.pid}`) });
    await other.kill();
    const lock = await lockDataDir(dir);
    expect(await readdir(dir)).toEqual(['lock.2']);
    await lock.release();
    await (await lockDataDir(dir)).release();
    expect(await readdir(dir)).toEqual(['lock.3']);
  });

  it('is not fooled by another process with the same pid, or a file that was cut off', async () => {
    const alive = await identifyProcess(process.ppid);
    expect(alive).toBeDefined();
    await (await lockDataDir(dir)).release();
    await writeFile(join(dir, 'lock.5'), JSON.stringify({ pid: process.ppid, startedAt: 'long ago' }));
    await (await lockDataDir(dir)).release();
    await writeFile(join(dir, 'lock.8'), '{"pid":');
    await (await lockDataDir(dir)).release();
    expect(await readdir(dir)).toEqual(['lock.9']);
  });

  it('goes to one of several that find a dead lock at once', async () => {
    await (await lockDataDir(dir)).release();
    for (let round = 1; round <= 20; round++) {
      await writeFile(join(dir, `lock.${100 * round}`), JSON.stringify({ pid: 2 ** 22 + 1, startedAt: '1' }));
      const all = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDir(dir)));
      const winners = all.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(winners).toHaveLength(1);
      await winners[0]?.release();
    }
  });
});

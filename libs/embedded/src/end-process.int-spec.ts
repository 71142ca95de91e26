import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { isAlive } from '../test/scenario.js';
import { endProcess } from './end-process.js';

async function script(source: string): Promise<{ pid: number; childPid: number }> {
  const child = spawn(process.execPath, ['-e', source], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { pid: child.pid ?? 0, childPid: Number(line) };
}

describe('endProcess', () => {
  it('lets a process end by itself', async () => {
    const { pid } = await script(
      `process.once('SIGTERM', () => process.exit(0)); console.log(1); setInterval(() => {}, 9)`,
    );
    expect(await endProcess(pid, 5_000)).toBe(true);
    expect(await isAlive(pid)).toBe(false);
    expect(await endProcess(pid, 5_000)).toBe(true);
  });

  it('kills one that does not listen, with its children', async () => {
    const { pid, childPid } = await script(`process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn('sleep', ['60']);
      console.log(child.pid); setInterval(() => {}, 1000)`);
    expect(await isAlive(childPid)).toBe(true);
    expect(await endProcess(pid, 200)).toBe(false);
    expect([await isAlive(pid), await isAlive(childPid)]).toEqual([false, false]);
  });
});

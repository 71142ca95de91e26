import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitForOutput } from '@rpa/testing';
import { bytes, ownerOf, StorageScenario } from './support/storage-scenario.js';

const MEGABYTE = 1024 * 1024;

/** Looks at the resident memory of a process all the time; gives the most there was, in bytes. */
function watchMemory({ pid }: ChildProcess): { start: number; stop(): number } {
  const look = (): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  const start = look();
  let most = start;
  const looking = setInterval(() => (most = Math.max(most, look())), 50);
  return {
    start,
    stop() {
      clearInterval(looking);
      return Math.max(most, look());
    },
  };
}

describe('A file of 100 MB', () => {
  let scenario: StorageScenario;
  let child: ChildProcess;

  beforeAll(async () => {
    scenario = await StorageScenario.start();
    await scenario.service.stop();
    child = spawn(process.execPath, [join(import.meta.dirname, '..', 'dist', 'main.js')], {
      env: { PATH: process.env['PATH'], ...scenario.environment({ LOG_LEVEL: 'info' }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await waitForOutput(child, /Service is up/, 20_000);
    child.stdout?.resume();
  });
  afterAll(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await scenario.stop();
  });

  it('comes and goes through less than 150 MB of memory', async () => {
    const worker = await scenario.client();
    const owner = ownerOf(scenario.organization);
    const memory = watchMemory(child);
    const { $file } = await worker.save(owner, bytes(100), 'application/octet-stream');
    expect($file.size).toBe(100 * MEGABYTE);
    const ticket = (await worker.find(owner, [$file.id])).get($file.id);
    let size = 0;
    for await (const chunk of worker.read(ticket!)) size += chunk.length;
    expect(size).toBe(100 * MEGABYTE);
    expect(memory.stop() - memory.start).toBeLessThan(150 * MEGABYTE);
  });

  it('that is killed on its way leaves no file, and the next attempt has one', async () => {
    const worker = await scenario.client();
    const owner = ownerOf(scenario.organization);
    const sha256s = () => scenario.content().filter(({ path }) => !path.startsWith('incoming')).length;
    const known = sha256s();
    async function* cut() {
      yield* bytes(8);
      child.kill('SIGKILL');
      await once(child, 'exit');
      yield* bytes(8);
    }
    await expect(worker.save(owner, cut(), 'text/plain')).rejects.toMatchObject({ code: 'unavailable' });
    expect(sha256s()).toBe(known);
    child = spawn(process.execPath, [join(import.meta.dirname, '..', 'dist', 'main.js')], {
      env: { PATH: process.env['PATH'], ...scenario.environment({ LOG_LEVEL: 'info' }) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await waitForOutput(child, /Service is up/, 20_000);
    const { $file } = await worker.save(owner, bytes(2), 'text/plain');
    const ticket = (await worker.find(owner, [$file.id])).get($file.id);
    expect((await worker.readAll(ticket!)).length).toBe(2 * MEGABYTE);
  });
});

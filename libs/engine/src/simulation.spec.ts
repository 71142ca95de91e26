import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from '@jest/globals';

const MAIN = fileURLToPath(new URL('../test/simulator/main.mjs', import.meta.url));
const SEEDS = Number(process.env['ENGINE_SEEDS'] ?? 2000);

/** The simulator runs in a process of its own, several times faster than inside the test runner. */
async function simulator(...options: string[]): Promise<unknown> {
  const command = ['--no-warnings', '--conditions=@rpa/source', MAIN, ...options];
  const { stdout } = await promisify(execFile)(process.execPath, command, { maxBuffer: 1e8 });
  return JSON.parse(stdout);
}

describe('simulated runs with crashes, repeats, late and lost results and clock jumps', () => {
  it(`find nothing in ${SEEDS} seeds; a failing seed is replayed by test/simulator/main.mjs --seed <n>`, async () => {
    expect(await simulator('--seeds', String(SEEDS), '--seconds', '240')).toEqual({ seeds: SEEDS });
  }, 300_000);

  it('find every planted defect', async () => {
    const planted = JSON.parse(readFileSync(new URL('../test/simulator/mutants.json', import.meta.url), 'utf8'));
    expect(planted.length).toBeGreaterThanOrEqual(15);
    const results = (await simulator('--mutants', '--seeds', '3000')) as { name: string; found: boolean }[];
    expect(results).toHaveLength(planted.length);
    expect(results.filter(({ found }) => !found)).toEqual([]);
  }, 300_000);
});

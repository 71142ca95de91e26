import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { waitForOutput } from '@rpa/testing';
import { replicaEnvironment, type ReplicaOptions } from './replica.js';

const APP = join(import.meta.dirname, '..', '..');

/** The processes run what was built; free when nothing has changed. */
export function buildService(): void {
  const compiler = join(APP, '..', '..', 'node_modules', 'typescript7', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', APP], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`The build before the test found errors:\n${stdout}`);
}

/** The real service as a process of its own: to kill, to stop and to go on. */
export class ReplicaProcess {
  private constructor(private readonly child: ChildProcess) {}

  static async start(options: ReplicaOptions): Promise<ReplicaProcess> {
    const child = spawn(process.execPath, [join(APP, 'dist', 'main.js')], {
      env: { PATH: process.env['PATH'], ...replicaEnvironment(options), LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGKILL'));
    await waitForOutput(child, /Service is up/, 20_000);
    child.stdout?.resume();
    return new ReplicaProcess(child);
  }

  freeze(): void {
    this.child.kill('SIGSTOP');
  }

  thaw(): void {
    this.child.kill('SIGCONT');
  }

  /** Resolves with the exit code, null after a signal. */
  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return this.child.exitCode;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    return ((await ended) as [number | null])[0];
  }
}

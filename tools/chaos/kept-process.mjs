/** One service process that may be killed, stopped for a while, and started again under the same settings. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';

export class KeptProcess {
  child = null;

  constructor(name, { script, env, logFile, probePort }) {
    this.name = name;
    this.script = script;
    this.env = env;
    this.probePort = probePort;
    this.log = openSync(logFile, 'a');
  }

  get alive() {
    return this.child !== null && this.child.exitCode === null && this.child.signalCode === null;
  }

  get pid() {
    return this.child?.pid;
  }

  start() {
    if (this.alive) return;
    this.child = spawn(process.execPath, ['--enable-source-maps', this.script], {
      stdio: ['ignore', this.log, this.log],
      env: this.env,
    });
  }

  signal(signal) {
    if (this.alive) this.child.kill(signal);
  }

  async end(signal) {
    if (!this.alive) return;
    const ended = once(this.child, 'exit');
    this.child.kill(signal);
    // One that is stopped does not hear a polite signal.
    this.child.kill('SIGCONT');
    const kill = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(kill);
  }

  async isReady() {
    try {
      const response = await fetch(`http://127.0.0.1:${this.probePort}/health/ready`, {
        signal: AbortSignal.timeout(2_000),
      });
      return response.ok;
    } catch {
      return false;
    }
  }
}

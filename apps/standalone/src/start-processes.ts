import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { SERVICES, type ServiceName } from '@rpa/contracts';
import { environmentPrefix } from '@rpa/platform';
import { progress } from './progress.js';
import type { Environment } from './standalone.config.js';

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
/** A process that lived this long starts again without a pause. */
const STEADY_MS = 30_000;
const KILL_AFTER_MS = 9_000;

export interface ProcessRow {
  service: ServiceName;
  pid: number | undefined;
  probes: string;
}

export interface Processes {
  table(): ProcessRow[];
  stop(): Promise<void>;
}

/**
 * Runs each service as a process of its own with probes on its own port (`PORT` + 1, + 2, ...), and starts it again when it
 * dies: at once the first time, later with growing pauses.
 */
export function startProcesses(
  port: number,
  environmentOf: (service: ServiceName, probePort: number) => Environment,
): Processes {
  const kept = SERVICES.map((service, index) => new KeptProcess(service, environmentOf(service, port + 1 + index)));
  return {
    table: () => kept.map((process) => process.row()),
    stop: async () => {
      await Promise.all(kept.map((process) => process.stop()));
    },
  };
}

class KeptProcess {
  private child: ChildProcess | null = null;
  private stopping = false;
  private pauseMs = FIRST_PAUSE_MS;
  private again: NodeJS.Timeout | null = null;

  constructor(
    private readonly service: ServiceName,
    private readonly environment: Environment,
  ) {
    this.start();
  }

  row(): ProcessRow {
    const port = this.environment[`${environmentPrefix(this.service)}_PORT`];
    return { service: this.service, pid: this.child?.pid, probes: `http://127.0.0.1:${port}/health/ready` };
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.again) clearTimeout(this.again);
    const child = this.child;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const kill = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await ended;
    clearTimeout(kill);
  }

  private start(): void {
    const main = fileURLToPath(import.meta.resolve(`@rpa/${this.service}`)).replace(/index\.js$/, 'main.js');
    const started = Date.now();
    // Its own process group: Ctrl-C is for the launcher, which then drains the services in order.
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      env: this.environment,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      detached: true,
    });
    this.child = child;
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (Date.now() - started > STEADY_MS) this.pauseMs = FIRST_PAUSE_MS;
      progress(`${this.service} ended (${signal ?? `exit code ${code}`}); starting it again in ${this.pauseMs} ms`);
      this.again = setTimeout(() => this.start(), this.pauseMs);
      this.pauseMs = Math.min(this.pauseMs * 2, LONGEST_PAUSE_MS);
    });
  }
}

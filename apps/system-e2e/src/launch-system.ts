import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { portFree } from '@rpa/testing';

export type Mode = 'standalone' | 'services';

export interface System {
  url: string;
  natsUrl: string;
  dataDir: string;
  pid: number;
  /** Everything that it printed so far. */
  output(): string;
  /** Milliseconds from launch to the banner. */
  startedInMs: number;
  /** Every process below the launcher, embedded servers included. */
  processes(): number[];
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** `kill -9` of everything at once. */
  kill(): Promise<void>;
}

export interface LaunchOptions {
  mode?: Mode;
  /** Of an earlier launch, to go on with its data and ports. */
  like?: System;
  env?: Record<string, string>;
}

const SCRIPTS: Record<Mode, string> = {
  standalone: fileURLToPath(new URL('../../standalone/dist/main.js', import.meta.url)),
  services: fileURLToPath(new URL('../../standalone/dist/services.js', import.meta.url)),
};
const BANNER = /First command to copy:/;
const PORTS_IN_BLOCK = 20;
const START_LIMIT_MS = 90_000;
const living = new Set<ChildProcess>();

process.on('exit', () => {
  for (const child of living) if (child.pid) killTree(child.pid);
});

/** Starts the built system as a person would, in a folder of its own, and waits for its banner. */
export async function launchSystem(options: LaunchOptions = {}): Promise<System> {
  const dataDir = options.like?.dataDir ?? newDataDir();
  const port = options.like ? Number(new URL(options.like.url).port) : await freeBlock();
  const started = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', SCRIPTS[options.mode ?? 'standalone']], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      PORT: String(port),
      DATA_DIR: dataDir,
      DEMO: '0',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  living.add(child);
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const exited = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  void exited.then(() => living.delete(child));
  await waitFor(
    () => BANNER.test(output) || child.exitCode !== null,
    START_LIMIT_MS,
    () => output,
  );
  if (child.exitCode !== null) throw new Error(`The system ended with ${child.exitCode}:\n${output}`);
  const pid = child.pid ?? 0;
  return {
    url: `http://127.0.0.1:${port}`,
    natsUrl: /NATS\s+(nats:\S+)/.exec(output)?.[1] ?? '',
    dataDir,
    pid,
    output: () => output,
    startedInMs: performance.now() - started,
    processes: () => tree(pid),
    stop: async () => {
      child.kill('SIGTERM');
      return exited;
    },
    kill: async () => {
      killTree(pid);
      await exited;
    },
  };
}

/** Removes the data of a system that has ended. */
export function removeData(system: System): void {
  rmSync(system.dataDir, { recursive: true, force: true });
}

export async function waitFor(
  condition: () => boolean | Promise<boolean>,
  limitMs: number,
  explain: () => string,
): Promise<void> {
  const until = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > until) throw new Error(`Not so after ${limitMs} ms:\n${explain()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** The launcher and all its descendants, from /proc. */
function tree(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      parents.set(Number(entry), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // It has ended since the folder was read.
    }
  }
  const found = [root];
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child);
  return found;
}

function killTree(root: number): void {
  for (const pid of tree(root)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended on its own.
    }
  }
}

/** Memory that the processes really take, shared pages counted once, in MiB. */
export function proportionalMemory(pids: number[]): number {
  let kib = 0;
  for (const pid of pids) {
    try {
      kib += Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0);
    } catch {
      // It has ended.
    }
  }
  return kib / 1024;
}

function newDataDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rpa-system-'));
  // mkdtemp makes it private; PostgreSQL, which runs as another user under root, must get through.
  chmodSync(folder, 0o755);
  return folder;
}

/**
 * A port with free ones behind it, for the probes of separate processes. Below the range that the kernel hands out
 * (32768 and up on Linux), so that neither an embedded server nor a connection takes one of them in the meantime.
 */
async function freeBlock(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const first = 10_000 + randomInt(1_000) * PORTS_IN_BLOCK;
    const ports = Array.from({ length: PORTS_IN_BLOCK }, (_, offset) => first + offset);
    const free = await Promise.all(ports.map((port) => portFree(port)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`No ${PORTS_IN_BLOCK} neighbouring ports are free between 10000 and 30000.`);
}

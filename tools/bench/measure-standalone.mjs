import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '@rpa/embedded';
import { root } from '../setup.mjs';
import { readMemory } from './cpu.mjs';
import { sleep } from './measure.mjs';

const READY_WITHIN_MS = 120_000;
const SETTLE_MS = 5_000;

/** `npm start` on an empty data folder, built already: time until it is ready, memory of the whole process tree. */
export async function measureStandalone({ dir }) {
  const started = performance.now();
  const child = spawn(process.execPath, [join(root, 'tools', 'start.mjs')], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      DATA_DIR: join(dir, 'standalone'),
      PORT: String(await freePort('127.0.0.1')),
    },
  });
  const ended = once(child, 'exit');
  try {
    await untilPrinted(child, /is ready/);
    const seconds = (performance.now() - started) / 1000;
    await sleep(SETTLE_MS);
    return { what: '`npm start`, installed and built', readySeconds: seconds, megabytes: readMemory(child.pid) };
  } finally {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), 20_000);
      await ended;
      clearTimeout(kill);
    }
  }
}

function untilPrinted(child, pattern) {
  return new Promise((resolve, reject) => {
    let output = '';
    const fail = (reason) => reject(new Error(`npm start ${reason}: ${output.slice(-1_000)}`));
    const timer = setTimeout(() => fail('was not ready in time'), READY_WITHIN_MS);
    const hear = (chunk) => {
      output += chunk;
      if (!pattern.test(output)) return;
      clearTimeout(timer);
      resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`ended (${signal ?? code})`);
    });
  });
}

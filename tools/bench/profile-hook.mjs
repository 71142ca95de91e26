/** Loaded into a service with --import: SIGUSR2 starts a CPU profile, the next one ends it and writes it down. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

mkdirSync(process.env.BENCH_PROFILE_DIR, { recursive: true });
const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.setSamplingInterval', { interval: 500 });
let running = false;

process.on('SIGUSR2', async () => {
  running = !running;
  if (running) return session.post('Profiler.start');
  const { profile } = await session.post('Profiler.stop');
  writeFileSync(
    join(process.env.BENCH_PROFILE_DIR, `${process.env.BENCH_SERVICE}.cpuprofile`),
    JSON.stringify(profile),
  );
});

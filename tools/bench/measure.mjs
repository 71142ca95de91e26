import { readCpu } from './cpu.mjs';

const GIVE_UP_MS = 60_000;

/**
 * Keeps `inFlight` calls going for a while and counts those that end in the measured part.
 * @param once runs one unit of work and settles when it has ended
 * @param watched pids by name, whose CPU is measured beside
 * @param turn told when the measured part begins and when it ends
 */
export async function flood({ once, inFlight, warmUpMs, measureMs, watched, turn = () => undefined }) {
  const took = [];
  let warm = 0;
  let phase = 'warm-up';
  let failed = null;
  const loop = async () => {
    while (phase !== 'over' && !failed) {
      const started = performance.now();
      try {
        await once();
      } catch (error) {
        failed ??= error;
      }
      if (phase === 'measured') took.push(performance.now() - started);
      else warm++;
    }
  };
  const loops = Array.from({ length: inFlight }, loop);
  // However slow it is: every call has ended once before anything counts.
  await Promise.race([until(warmUpMs, () => warm >= inFlight), ...loops]);
  const before = readCpu(watched);
  const started = performance.now();
  phase = 'measured';
  turn();
  await Promise.race([until(measureMs, () => took.length >= inFlight), ...loops]);
  phase = 'over';
  turn();
  const lasted = performance.now() - started;
  const after = readCpu(watched);
  await Promise.all(loops);
  if (failed) throw failed;
  return { ...summarize(took, lasted), cpu: perUnit(before, after, took.length) };
}

/** A fixed number of units, however long they take. */
export async function drainAll({ once, count, inFlight }) {
  let next = 0;
  const took = [];
  const started = performance.now();
  const loop = async () => {
    while (next < count) {
      const index = next++;
      const from = performance.now();
      await once(index);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, loop));
  return summarize(took, performance.now() - started);
}

function summarize(took, lastedMs) {
  const sorted = [...took].sort((a, b) => a - b);
  return {
    runs: took.length,
    perSecond: (took.length * 1000) / lastedMs,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
  };
}

async function until(atLeastMs, enough) {
  const started = performance.now();
  await sleep(atLeastMs);
  while (!enough() && performance.now() - started < GIVE_UP_MS) await sleep(50);
}

function perUnit(before, after, units) {
  return Object.fromEntries(
    Object.keys(after).map((name) => [name, units > 0 ? (after[name] - before[name]) / units : 0]),
  );
}

function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export function median(values) {
  return quantile(
    [...values].sort((a, b) => a - b),
    0.5,
  );
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

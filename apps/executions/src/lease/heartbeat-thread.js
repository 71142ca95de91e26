// @ts-check
// A thread of its own, so that a long turn of the main loop does not cost the lease; plain JavaScript, because a thread
// starts from a file and knows no build.
import { parentPort, workerData } from 'node:worker_threads';
import pg from 'pg';

/** @type {{ url: string, leaseId: string, leaseMs: number, beatMs: number, silentAfterMs: number, tick: SharedArrayBuffer }} */
const { url, leaseId, leaseMs, beatMs, silentAfterMs, tick } = workerData;
const ticks = new Int32Array(tick);
const EXTEND = `UPDATE executions.leases SET expires_at = clock_timestamp() + $2::int * interval '1 ms' WHERE id = $1::bigint`;

/** @type {pg.Client | null} */
let client = null;
let stopped = false;
let begun = false;
let lastTick = -1;
let lastChange = performance.now();

/** Without a living main loop the lease has to run out: its runs are not being driven. */
function mainLoopLives() {
  const now = Atomics.load(ticks, 0);
  if (now !== lastTick) {
    lastTick = now;
    lastChange = performance.now();
  }
  return performance.now() - lastChange < silentAfterMs;
}

async function connected() {
  if (client) return client;
  const fresh = new pg.Client({
    connectionString: url,
    application_name: 'rpa-executions-lease',
    connectionTimeoutMillis: 1_000,
    query_timeout: leaseMs,
    keepAlive: true,
  });
  fresh.on('error', () => {
    if (client === fresh) client = null;
  });
  await fresh.connect();
  await fresh.query('SET synchronous_commit = off');
  client = fresh;
  return fresh;
}

async function beat() {
  const connection = await connected();
  const { rowCount } = await connection.query({ name: 'beat', text: EXTEND, values: [leaseId, leaseMs] });
  if (rowCount === 1) {
    if (!begun) parentPort?.postMessage('begun');
    begun = true;
    return;
  }
  stopped = true;
  parentPort?.postMessage('lost');
}

async function run() {
  while (!stopped) {
    const started = performance.now();
    if (mainLoopLives()) {
      await beat().catch(() => {
        const broken = client;
        client = null;
        void broken?.end().catch(() => undefined);
      });
    }
    const pause = Math.max(50, (client ? beatMs : beatMs / 4) - (performance.now() - started));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  await client?.end().catch(() => undefined);
}

parentPort?.on('message', () => {
  stopped = true;
});
void run().then(() => process.exit(0));

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import pg from 'pg';
import { drainAll } from './measure.mjs';
import { chain, Product } from './product.mjs';

const STEP_TAKES_MS = 2_000;
const FLOOD_IN_FLIGHT = 64;

/**
 * What an organization notices of another that has queued thousands of executions: by a limit of its workflow, and by more
 * work than the workers can do. Last of all rows, for the queues are left behind.
 */
export async function measureFairness({ product, stage, short, say }) {
  const queued = short ? 2_000 : 10_000;
  const starts = short ? 300 : 1_000;
  const other = new Product({ ...stage, token: await register(stage.url) });
  const slow = await openSlowServer();
  const client = new pg.Client({ connectionString: stage.databaseUrl });
  await client.connect();
  try {
    const workflow = await other.publish('small', {
      format: 1,
      steps: [{ id: 's1', type: 'transform', config: { value: 1 } }],
    });
    const remote = await other.publish('remote', chain({ type: 'noop', config: { value: 1 } }));
    const measure = async () => {
      const started = await drainAll({ once: () => other.startOverHttp(workflow), count: starts, inFlight: 1 });
      const ran = await drainAll({ once: () => other.runOverNats(remote), count: starts / 10, inFlight: 1 });
      return { start: started.p99, startP50: started.p50, run: ran.p50 };
    };
    await measure();
    const idle = await measure();
    await fill(product, slow.url, queued, say);
    const loaded = await measure();
    const { rows } = await client.query(
      `SELECT count(*)::int AS queued FROM executions.executions WHERE status IN ('pending', 'running')`,
    );
    return {
      what: `starts and runs of one organization while another has ${queued} queued by a limit and ${queued} by its work`,
      open: rows[0].queued,
      startP50Idle: idle.startP50,
      startP50: loaded.startP50,
      startP99Idle: idle.start,
      startP99: loaded.start,
      startRatio: loaded.start / idle.start,
      runP50Idle: idle.run,
      runP50: loaded.run,
    };
  } finally {
    await client.end();
    await other.close();
    slow.server.close();
    slow.server.closeAllConnections();
  }
}

async function fill(product, url, count, say) {
  const narrow = await product.publish('narrow', {
    format: 1,
    settings: { concurrency: { limit: 10 } },
    steps: [{ id: 'wait', type: 'delay', config: { duration: '2s' } }],
  });
  const heavy = await product.publish('heavy', chain({ type: 'http_request', config: { method: 'GET', url } }));
  for (const [name, workflow] of Object.entries({ narrow, heavy })) {
    const once = () => product.startOverHttp(workflow);
    const { perSecond } = await drainAll({ once, count, inFlight: FLOOD_IN_FLIGHT });
    say(`fairness: ${count} starts of ${name} accepted, ${Math.round(perSecond)}/s`);
  }
}

async function openSlowServer() {
  const server = createServer((_request, response) => setTimeout(() => response.end('{}'), STEP_TAKES_MS));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

async function register(url) {
  const response = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'other@example.com',
      password: randomBytes(16).toString('base64url'),
      firstName: 'Other',
      lastName: 'One',
      organizationName: 'Other',
    }),
  });
  if (!response.ok) throw new Error(`Registering failed: ${response.status} ${await response.text()}`);
  return (await response.json()).accessToken;
}

/** The product as real processes, each with wires of its own to PostgreSQL and NATS. */
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { natsUsers } from '@rpa/contracts';
import { freePort, startNats, startPostgres } from '@rpa/embedded';
import { connectBus, publicKeyOfSeed } from '@rpa/messaging';
import { Identity, makeSecrets, secretsEnvironment } from '@rpa/platform';
import pg from 'pg';
import { root } from '../setup.mjs';
import { KeptProcess } from './kept-process.mjs';
import { Link } from './link.mjs';
import { until } from './sleep.mjs';

export const LEASE_MS = 2_000;
export const REPLICAS = ['executions-1', 'executions-2'];
export const WORKERS = ['worker-1', 'worker-2'];
const OTHERS = ['auth', 'workflows', 'gateway'];
const READY_WITHIN_MS = 120_000;
const POOL = 6;

/** `folders` names other builds of services to run in place of those in the repository. */
export async function openStage({ folders = {}, say }) {
  const closers = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse())
      await Promise.resolve(end()).catch((error) => say(`While closing: ${error.message}`));
  };
  try {
    const stage = { dir: makeFolder(), links: new Map(), processes: new Map(), secrets: makeSecrets(), close, say };
    Object.assign(stage, await startServers(stage, closers));
    for (const name of [...OTHERS, ...REPLICAS, ...WORKERS]) await addProcess(stage, name, folders, closers);
    const gateway = stage.processes.get('gateway');
    for (const kept of stage.processes.values())
      await until(() => kept.isReady(), READY_WITHIN_MS, `${kept.name} is ready (its log is in ${stage.dir})`);
    stage.gatewayUrl = `http://127.0.0.1:${gateway.env.PORT}/api/v1`;
    await introduce(stage);
    Object.assign(stage, await observers(stage, closers));
    return stage;
  } catch (error) {
    await close();
    throw error;
  }
}

export function removeData(stage) {
  rmSync(stage.dir, { recursive: true, force: true });
}

/** Below the repository and not in the folder for temporary files, which may be memory: fsync must cost what it costs. */
function makeFolder() {
  const parent = join(root, '.data', 'chaos');
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'run-'));
  // PostgreSQL, which runs as another user under root, must get through.
  chmodSync(dir, 0o711);
  return dir;
}

async function startServers({ dir, secrets, say }, closers) {
  const log = (line) => say(`  ${line}`);
  const observer = { user: 'observer', password: randomBytes(16).toString('hex'), publish: [], subscribe: ['>'] };
  const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user] }));
  const [postgres, nats] = await Promise.all([
    startPostgres({ dataDir: join(dir, 'postgres'), port: 0, log }),
    startNats({
      dataDir: join(dir, 'nats'),
      port: 0,
      users: [...users, observer],
      system: { user: 'system', password: secrets.natsSystemPassword },
      authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) },
      log,
    }),
  ]);
  closers.push(
    () => postgres.stop(),
    () => nats.stop(),
  );
  return { postgres, nats, observer };
}

async function addProcess(stage, name, folders, closers) {
  const { dir, secrets, postgres, nats, links, processes } = stage;
  const service = name.replace(/-\d$/, '');
  const wires = { nats: await Link.open(nats.port), postgres: await Link.open(postgres.port) };
  for (const [server, link] of Object.entries(wires)) {
    links.set(`${name} ${server}`, link);
    closers.push(() => link.close());
  }
  const probePort = await freePort('127.0.0.1');
  const databaseUrl = new URL(postgres.url);
  databaseUrl.port = wires.postgres.port;
  const kept = new KeptProcess(name, {
    script: join(folders[service] ?? join(root, 'apps', service), 'dist', 'main.js'),
    logFile: join(dir, `${name}.log`),
    probePort,
    env: {
      PATH: process.env.PATH,
      ...secretsEnvironment(secrets, service),
      [`${service.toUpperCase()}_PORT`]: String(probePort),
      NATS_URL: `nats://127.0.0.1:${wires.nats.port}`,
      DATABASE_URL: databaseUrl.href,
      EXECUTIONS_LEASE_MS: String(LEASE_MS),
      LOG_LEVEL: 'info',
      HOST: '127.0.0.1',
      PORT: String(await freePort('127.0.0.1')),
      REQUIRED_SERVICES: 'auth,workflows,executions,worker',
      EXPECTED_STEP_SOURCES: 'worker',
      EGRESS_ALLOW: '127.0.0.1',
    },
  });
  processes.set(name, kept);
  closers.push(() => kept.end('SIGTERM'));
  kept.start();
}

/** Somebody in whose name everything is started. */
async function introduce(stage) {
  const { accessToken } = await post(stage, '/auth/register', {
    email: 'chaos@example.com',
    password: randomBytes(16).toString('base64url'),
    firstName: 'Chaos',
    lastName: 'Test',
    organizationName: 'Chaos',
  });
  stage.token = accessToken;
  const { org: id, slug } = JSON.parse(Buffer.from(accessToken.split('.')[1], 'base64url').toString());
  stage.organization = { id, slug };
}

/** Connections of the checker itself, past all wires that get cut. */
async function observers({ postgres, nats, secrets, observer }, closers) {
  const database = new pg.Pool({ connectionString: postgres.url, max: POOL, connectionTimeoutMillis: 2_000 });
  database.on('error', () => undefined);
  const { identityKeys, trustedKeys, natsPasswords } = secrets;
  const identity = await Identity.load({ service: 'triggers', identityKey: identityKeys.triggers, trustedKeys });
  const servers = [nats.url];
  const bus = await connectBus({ service: 'triggers', servers, user: 'triggers', password: natsPasswords.triggers });
  const ear = await connectBus({ service: 'gateway', servers, user: observer.user, password: observer.password });
  closers.push(
    () => database.end(),
    () => bus.close(500),
    () => ear.close(500),
  );
  return { database, identity, bus, ear };
}

async function post(stage, path, body) {
  const response = await fetch(`${stage.gatewayUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(stage.token && { authorization: `Bearer ${stage.token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

/** Returns the id of the published workflow. */
export async function publish(stage, name, definition) {
  const { id } = await post(stage, '/workflows', { name, definition });
  await post(stage, `/workflows/${id}/publish`, {});
  return id;
}

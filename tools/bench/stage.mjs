/** The product as it runs in a cluster: PostgreSQL, NATS, one process a service; on free ports, in a folder of its own. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { natsUsers } from '@rpa/contracts';
import { freePort, startNats, startPostgres } from '@rpa/embedded';
import { connectBus, publicKeyOfSeed } from '@rpa/messaging';
import { makeSecrets, secretsEnvironment } from '@rpa/platform';
import { root } from '../setup.mjs';
import { sleep } from './measure.mjs';

const SERVICES = ['auth', 'workflows', 'executions', 'worker', 'gateway'];
const READY_WITHIN_MS = 60_000;

export async function openStage({ node = process.execPath, profileDir, say }) {
  const closers = [];
  const children = [];
  const close = async () => {
    for (const end of closers.splice(0).reverse()) await end().catch((error) => say(`While closing: ${error.message}`));
  };
  try {
    const dir = await makeFolder(closers);
    const secrets = makeSecrets();
    const { postgres, nats } = await startServers(dir, secrets, closers);
    const port = await freePort('127.0.0.1');
    const processes = { postgresql: postgres.pid, nats: nats.pid };
    for (const service of SERVICES) {
      const child = startProcess(service, { node, secrets, postgres, nats, port }, profileDir);
      processes[service] = child.pid;
      children.push(child);
      closers.push(() => endProcess(child));
    }
    const url = `http://127.0.0.1:${port}`;
    await untilReady(url);
    const token = await register(url);
    const password = secrets.natsPasswords.gateway;
    const bus = await connectBus({ service: 'gateway', servers: [nats.url], user: 'gateway', password });
    closers.push(() => bus.close(500));
    return {
      url,
      token,
      bus,
      processes,
      databaseUrl: postgres.url,
      dir,
      signal: (name) => children.forEach((child) => child.kill(name)),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Below the repository and not in the folder for temporary files, which may be memory: fsync must cost what it costs. */
async function makeFolder(closers) {
  const parent = join(root, '.data', 'bench');
  await mkdir(parent, { recursive: true });
  const dir = await mkdtemp(join(parent, 'run-'));
  await chmod(dir, 0o711);
  closers.push(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

async function startServers(dir, secrets, closers) {
  const [postgres, nats] = await Promise.all([
    startPostgres({ dataDir: join(dir, 'postgres'), port: 0 }),
    startNats({
      dataDir: join(dir, 'nats'),
      port: 0,
      users: natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user] })),
      system: { user: 'system', password: secrets.natsSystemPassword },
      authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) },
    }),
  ]);
  closers.push(
    () => postgres.stop(),
    () => nats.stop(),
  );
  return { postgres, nats };
}

function startProcess(service, { node, secrets, postgres, nats, port }, profileDir) {
  const flags = profileDir ? ['--import', join(import.meta.dirname, 'profile-hook.mjs')] : [];
  return spawn(node, [...flags, join(root, 'apps', service, 'dist', 'main.js')], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      ...(profileDir && { BENCH_PROFILE_DIR: profileDir, BENCH_SERVICE: service }),
      ...secretsEnvironment(secrets, service),
      [`${service.toUpperCase()}_PORT`]: '0',
      NATS_URL: nats.url,
      DATABASE_URL: postgres.url,
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      REQUIRED_SERVICES: 'auth,workflows,executions,worker',
      EXPECTED_STEP_SOURCES: 'worker',
      EGRESS_ALLOW: '127.0.0.1',
    },
  });
}

async function endProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const kill = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(kill);
}

async function untilReady(url) {
  const until = Date.now() + READY_WITHIN_MS;
  let reason = 'no answer';
  while (Date.now() < until) {
    try {
      const response = await fetch(`${url}/api/health/ready`);
      if (response.ok) return;
      reason = (await response.text()).slice(0, 500);
    } catch (error) {
      reason = error.message;
    }
    await sleep(100);
  }
  throw new Error(`The services were not ready in ${READY_WITHIN_MS / 1000} s: ${reason}`);
}

async function register(url) {
  const response = await fetch(`${url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: 'bench@example.com',
      password: randomBytes(16).toString('base64url'),
      firstName: 'Bench',
      lastName: 'Mark',
      organizationName: 'Bench',
    }),
  });
  if (!response.ok) throw new Error(`Registering failed: ${response.status} ${await response.text()}`);
  return (await response.json()).accessToken;
}

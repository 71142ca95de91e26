/** Triggers as real processes on servers of their own; executions and workflows are peers on the wire that remember. */
import { randomBytes, randomUUID } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AppError, natsUsers, resolveVersion, startExecution, SYSTEM_ROLES } from '@rpa/contracts';
import { freePort, startNats, startPostgres } from '@rpa/embedded';
import { connectBus, publicKeyOfSeed } from '@rpa/messaging';
import { createLogger, Identity, makeSecrets, Metrics, secretsEnvironment, ServiceDoor } from '@rpa/platform';
import pg from 'pg';
import { root } from '../setup.mjs';
import { KeptProcess } from './kept-process.mjs';
import { until } from './sleep.mjs';

const READY_WITHIN_MS = 90_000;

/** `names` are the processes: `triggers-1`, ..., and `gateway` where HTTP is wanted. */
export async function openTriggersStage(names, say) {
  const closers = [];
  const stage = { processes: new Map(), started: new Map(), asked: 0, secrets: makeSecrets() };
  stage.close = async () => {
    for (const end of closers.splice(0).reverse())
      await Promise.resolve(end()).catch((error) => say(`While closing: ${error.message}`));
    rmSync(stage.dir, { recursive: true, force: true });
  };
  try {
    stage.dir = makeFolder();
    Object.assign(stage, await startServers(stage, closers));
    await answerAsPeers(stage, closers);
    for (const name of names) await addProcess(stage, name, closers);
    for (const kept of stage.processes.values())
      await until(() => kept.isReady(), READY_WITHIN_MS, `${kept.name} is ready (its log is in ${stage.dir})`);
    return stage;
  } catch (error) {
    await stage.close();
    throw error;
  }
}

function makeFolder() {
  const parent = join(root, '.data', 'chaos');
  mkdirSync(parent, { recursive: true });
  const dir = mkdtempSync(join(parent, 'triggers-'));
  chmodSync(dir, 0o711);
  return dir;
}

async function startServers({ dir, secrets }, closers) {
  const users = natsUsers().map((user) => ({ ...user, password: secrets.natsPasswords[user.user] }));
  const [postgres, nats] = await Promise.all([
    startPostgres({ dataDir: join(dir, 'postgres'), port: 0 }),
    startNats({
      dataDir: join(dir, 'nats'),
      port: 0,
      users,
      system: { user: 'system', password: secrets.natsSystemPassword },
      authCallout: { issuer: publicKeyOfSeed(secrets.calloutSeed) },
    }),
  ]);
  closers.push(
    () => postgres.stop(),
    () => nats.stop(),
  );
  const database = new pg.Pool({ connectionString: postgres.url, max: 3 });
  database.on('error', () => undefined);
  closers.push(() => database.end());
  return { postgres, nats, database };
}

async function answerAsPeers(stage, closers) {
  const answer = async (service, command, handler) => {
    const { bus, identity } = await connectAs(stage, service, closers);
    const logger = createLogger({ service, level: 'silent', format: 'json' });
    bus.responder.handle(command, new ServiceDoor(identity, logger, new Metrics(service), null), handler);
    await bus.connection.flush();
  };
  await answer('workflows', resolveVersion, ({ workflowId }) => {
    if (!workflowId) throw new AppError('not_found');
    return { workflowId, workflowKey: 'any', workflowName: 'Any', versionId: workflowId, version: 1, draft: false };
  });
  await answer('executions', startExecution, ({ dedupe, trigger }) => {
    stage.asked++;
    const key = `${dedupe.source} ${dedupe.key}`;
    const known = stage.started.get(key);
    if (known) return { id: known.id, status: 'running', deduplicated: true };
    const id = randomUUID();
    stage.started.set(key, { id, trigger, at: Date.now() });
    return { id, status: 'pending' };
  });
  stage.gateway = (await connectAs(stage, 'gateway', closers)).bus;
  const { identity } = await connectAs(stage, 'auth', closers);
  stage.organization = { id: randomUUID(), slug: 'chaos' };
  const person = {
    userId: randomUUID(),
    organization: stage.organization,
    roles: [],
    permissions: SYSTEM_ROLES.editor,
  };
  stage.token = await identity.signUser(person, 3_600);
  stage.send = (command, body) => stage.gateway.request(command, body, { principal: stage.token, timeoutMs: 60_000 });
}

async function connectAs({ nats, secrets }, service, closers) {
  const { identityKeys, trustedKeys, natsPasswords } = secrets;
  const identity = await Identity.load({ service, identityKey: identityKeys[service], trustedKeys });
  const bus = await connectBus({ service, servers: [nats.url], user: service, password: natsPasswords[service] });
  closers.push(() => bus.close(500));
  return { bus, identity };
}

async function addProcess(stage, name, closers) {
  const { dir, secrets, postgres, nats, processes } = stage;
  const service = name.replace(/-\d$/, '');
  const probePort = await freePort('127.0.0.1');
  const port = await freePort('127.0.0.1');
  const kept = new KeptProcess(name, {
    script: join(root, 'apps', service, 'dist', 'main.js'),
    logFile: join(dir, `${name}.log`),
    probePort,
    env: {
      PATH: process.env.PATH,
      ...secretsEnvironment(secrets, service),
      [`${service.toUpperCase()}_PORT`]: String(probePort),
      NATS_URL: nats.url,
      DATABASE_URL: postgres.url,
      LOG_LEVEL: 'warn',
      HOST: '127.0.0.1',
      PORT: String(port),
      PUBLIC_URL: `http://127.0.0.1:${port}`,
      REQUIRED_SERVICES: 'triggers',
      WEB_SESSION_SECRET: randomBytes(16).toString('hex'),
    },
  });
  if (service === 'gateway') stage.url = `http://127.0.0.1:${port}`;
  processes.set(name, kept);
  closers.push(() => kept.end('SIGKILL'));
  kept.start();
}

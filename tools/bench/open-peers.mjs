/** The engines to compare with: installed into their own folder when asked for, started beside the product. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@rpa/embedded';
import { Pool } from 'undici';
import { STEPS } from './product.mjs';
import { sleep } from './measure.mjs';

const FOLDER = join(import.meta.dirname, 'peers');
/** Restate's SDK uses what came with Node 22. */
const NEWER = 22;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 8_000;

const OPENERS = { restate: openRestate, dbos: openDbos };

/**
 * The Node that runs all engines, ours among them: the present one, or the newer one that comes with the peers where
 * theirs need it.
 */
export async function findNode(withPeers, say) {
  const present = { path: process.execPath, version: process.version };
  if (!withPeers || (await install(say)) || Number(process.versions.node.split('.')[0]) >= NEWER) return present;
  const path = join(FOLDER, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (!existsSync(path)) return present;
  return { path, version: execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() };
}

/** Those that can be had, and why the others cannot. */
export async function openPeers(stage, node, say) {
  const peers = {};
  const missing = {};
  const reason = await install(say);
  for (const [name, open] of Object.entries(OPENERS))
    try {
      if (reason) throw new Error(reason);
      peers[name] = await open(stage, node);
    } catch (error) {
      missing[name] = error.message;
      say(`${name} takes no part: ${error.message}`);
    }
  return { peers, missing };
}

async function install(say) {
  if (existsSync(join(FOLDER, 'node_modules', '.package-lock.json'))) return null;
  say('Installing the engines to compare with (once) ...');
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: FOLDER, stdio: 'pipe' });
  let output = '';
  npm.stderr.on('data', (chunk) => (output += chunk));
  try {
    const [code] = await once(npm, 'close');
    return code === 0 ? null : `npm ci in tools/bench/peers failed: ${output.trim().slice(-500)}`;
  } catch (error) {
    return `npm cannot be run: ${error.message}`;
  }
}

async function openRestate(stage, nodePath) {
  const dir = join(stage.dir, 'restate');
  await mkdir(dir, { recursive: true });
  const [ingress, admin, node, service] = await freePorts(4);
  const address = (port) => `127.0.0.1:${port}`;
  const binary = join(FOLDER, 'node_modules', '.bin', 'restate-server');
  const server = start('restate-server', binary, [], {
    RESTATE_BASE_DIR: dir,
    RESTATE_LISTEN_MODE: 'tcp',
    RESTATE_INGRESS__BIND_ADDRESS: address(ingress),
    RESTATE_ADMIN__BIND_ADDRESS: address(admin),
    RESTATE_BIND_ADDRESS: address(node),
    RESTATE_LOG_FILTER: 'error',
    DO_NOT_TRACK: '1',
  });
  const app = startScript(nodePath, 'restate-service.mjs', { PORT: String(service) });
  const children = [server, app];
  try {
    await untilAnswers(`http://${address(admin)}/health`, children);
    const register = { method: 'POST', headers: { 'content-type': 'application/json' } };
    await untilAnswers(`http://${address(admin)}/deployments`, children, {
      ...register,
      body: JSON.stringify({ uri: `http://${address(service)}` }),
    });
  } catch (error) {
    await stopAll(children);
    throw error;
  }
  return client(`http://${address(ingress)}`, '/bench/run', children, { restate: server.pid, restateService: app.pid });
}

async function openDbos(stage, nodePath) {
  const [port] = await freePorts(1);
  const url = new URL(stage.databaseUrl);
  url.pathname = '/bench_dbos';
  const app = startScript(nodePath, 'dbos-service.mjs', { PORT: String(port), DATABASE_URL: url.href });
  const children = [app];
  try {
    await untilAnswers(`http://127.0.0.1:${port}/`, children, { method: 'POST' });
  } catch (error) {
    await stopAll(children);
    throw error;
  }
  const { postgresql } = stage.processes;
  return client(`http://127.0.0.1:${port}`, '/', children, { postgresql, dbosService: app.pid });
}

function client(origin, path, children, processes) {
  const pool = new Pool(origin, { connections: 256, pipelining: 1, bodyTimeout: 0, headersTimeout: 0 });
  return {
    processes,
    async run() {
      const answer = await pool.request({ method: 'POST', path });
      const text = await answer.body.text();
      if (answer.statusCode !== 200 || text !== String(STEPS))
        throw new Error(`${answer.statusCode} ${text.slice(0, 300)}`);
    },
    async close() {
      await pool.destroy();
      await stopAll(children);
    },
  };
}

function startScript(nodePath, file, env) {
  return start(file, nodePath, [join(FOLDER, file)], { BENCH_STEPS: String(STEPS), ...env });
}

function start(name, command, args, env) {
  const child = spawn(command, args, {
    cwd: FOLDER,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk) => (output = `${output}${chunk}`.slice(-2_000));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', keep);
  child.lastWords = () => `${name} ended: ${output.trim().slice(-500)}`;
  return child;
}

async function untilAnswers(url, children, request) {
  const until = Date.now() + READY_WITHIN_MS;
  let reason = 'no answer';
  while (Date.now() < until) {
    const ended = children.find((child) => child.exitCode !== null || child.signalCode !== null);
    if (ended) throw new Error(ended.lastWords());
    try {
      const answer = await fetch(url, request);
      if (answer.ok) return;
      reason = (await answer.text()).slice(0, 300);
    } catch (error) {
      reason = error.cause?.message ?? error.message;
    }
    await sleep(200);
  }
  throw new Error(`${url} was not ready in ${READY_WITHIN_MS / 1000} s: ${reason}`);
}

async function stopAll(children) {
  await Promise.all(
    children.map(async (child) => {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
      await ended;
      clearTimeout(kill);
    }),
  );
}

async function freePorts(count) {
  const ports = new Set();
  while (ports.size < count) ports.add(await freePort('127.0.0.1'));
  return [...ports];
}

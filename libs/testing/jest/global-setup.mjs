import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..', '..');
const PASSWORD_PREFIX = 'test-';

/** The servers start from builds, which must know the newest permissions; free when nothing changed. */
function build() {
  if (process.env.TEST_PREBUILT) return;
  const compiler = join(root, 'node_modules', 'typescript7', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-b', 'libs/contracts', 'libs/embedded'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) console.warn(`The build before the tests found errors:\n${stdout}`);
}

function startGuard(dir) {
  const guard = spawn('/bin/sh', [join(import.meta.dirname, 'guard.sh'), dir], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  guard.unref();
  guard.stdin.unref();
  return async () => {
    const ended = once(guard, 'exit');
    guard.ref();
    guard.stdin.end();
    await ended;
  };
}

async function natsUsers() {
  const contracts = await import('@rpa/contracts');
  return contracts.natsUsers().map((user) => ({ ...user, password: `${PASSWORD_PREFIX}${user.user}` }));
}

/** One PostgreSQL and one NATS server for the whole run, on free ports, in a temporary folder. */
export default async function globalSetup() {
  build();
  const { startNats, startPostgres } = await import('@rpa/embedded');
  const dir = await mkdtemp(join(tmpdir(), 'rpa-test-'));
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(dir, 0o711);
  const end = startGuard(dir);
  try {
    const [postgres, nats] = await Promise.all([
      startPostgres({ dataDir: join(dir, 'postgres'), port: 0, disposable: true, settings: { max_connections: 400 } }),
      startNats({
        dataDir: join(dir, 'nats'),
        port: 0,
        users: [
          ...(await natsUsers()),
          { user: 'admin', password: `${PASSWORD_PREFIX}admin`, publish: ['>'], subscribe: ['>'] },
        ],
        system: { user: 'system', password: `${PASSWORD_PREFIX}system` },
      }),
    ]);
    process.env.TEST_DIR = dir;
    process.env.TEST_DATABASE_URL = postgres.url;
    process.env.TEST_NATS_URL = nats.url;
    process.env.TEST_NATS_PASSWORD_PREFIX = PASSWORD_PREFIX;
    globalThis.endTestServers = async () => {
      await Promise.all([postgres.stop(), nats.stop()]);
      await end();
    };
  } catch (error) {
    await end();
    throw error;
  }
}

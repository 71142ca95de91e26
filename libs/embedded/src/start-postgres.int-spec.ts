import { chown, mkdir, mkdtemp, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { closedInstallation, isAlive, otherProcess, scratchDir, until } from '../test/scenario.js';
import type { EmbeddedServer } from './embedded-server.js';
import { startPostgres } from './start-postgres.js';
import type { PostgresOptions } from './start-postgres.js';

interface Started {
  readonly url: string;
  readonly pid: number;
}

async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

describe('startPostgres', () => {
  let dataDir: string;
  const started: EmbeddedServer[] = [];

  const start = async (options: Partial<PostgresOptions> = {}) => {
    const server = await startPostgres({ dataDir, port: 0, disposable: true, ...options });
    started.push(server);
    return server;
  };
  const startedElsewhere = async (uid?: number, disposable = true) => {
    const options = JSON.stringify({ dataDir, disposable });
    const other = otherProcess(
      `const { url, pid } = await embedded.startPostgres(${options}); print({ url, pid }); forever();`,
      uid,
    );
    return { other, ...(await other.next<Started>()) };
  };

  beforeEach(async () => {
    dataDir = join(await scratchDir(), 'postgres');
  });
  afterEach(() => Promise.all(started.splice(0).map((server) => server.stop())));

  it('creates a cluster that keeps its promises, on the loopback interface, behind a password', async () => {
    const server = await start({ disposable: false });
    const settings = `SELECT name, setting FROM pg_settings WHERE name = ANY('{fsync,full_page_writes,synchronous_commit,
      data_checksums,listen_addresses,server_encoding,unix_socket_directories,jit,password_encryption}') ORDER BY name`;
    expect(Object.fromEntries((await query(server.url, settings)).map((row) => [row['name'], row['setting']]))).toEqual(
      {
        data_checksums: 'on',
        fsync: 'on',
        full_page_writes: 'on',
        jit: 'off',
        listen_addresses: '127.0.0.1',
        password_encryption: 'scram-sha-256',
        server_encoding: 'UTF8',
        synchronous_commit: 'on',
        unix_socket_directories: '',
      },
    );
    const wrong = new URL(server.url);
    wrong.password = 'guess';
    await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password authentication failed/);
    expect((await stat(join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    expect(await readdir(dataDir)).not.toContain('initdb-password');
  });

  it('stops in order and comes back on the same port with its rows', async () => {
    const first = await start({ port: undefined });
    await query(first.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    await first.stop();
    await first.stop();
    expect(await isAlive(first.pid)).toBe(false);
    const second = await start({ port: undefined });
    expect(second.adopted).toBe(false);
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
  });

  it('is started again on the same port when it is killed', async () => {
    const lines: string[] = [];
    const server = await start({ log: (line) => lines.push(line) });
    const { pid } = server;
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    process.kill(pid, 'SIGKILL');
    await until(async () => server.pid !== pid);
    expect(await query(server.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
    expect(lines).toEqual([`PostgreSQL (pid ${pid}) died (SIGKILL); starting it again.`]);
  });

  it('goes on with the server that a killed process left running', async () => {
    const { other, url, pid } = await startedElsewhere();
    await other.kill();
    const server = await start({ port: undefined, disposable: true });
    expect({ adopted: server.adopted, pid: server.pid, url: server.url }).toEqual({ adopted: true, pid, url });
    process.kill(pid, 'SIGKILL');
    await until(async () => server.pid !== pid);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();
    expect(await isAlive(server.pid)).toBe(false);
  });

  it('ends a left-over server that was started with other settings', async () => {
    const { other, pid } = await startedElsewhere();
    await other.kill();
    const server = await start({ port: undefined, disposable: false });
    expect(server.adopted).toBe(false);
    expect(await isAlive(pid)).toBe(false);
    expect(await query(server.url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('starts after everything was killed at once, with all that was committed', async () => {
    const { other, url, pid } = await startedElsewhere(undefined, false);
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS id');
    process.kill(other.child.pid ?? 0, 'SIGKILL');
    process.kill(pid, 'SIGKILL');
    const server = await start({ port: undefined, disposable: false });
    expect(server.adopted).toBe(false);
    expect(await query(server.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
    await other.kill();
  });

  it('starts although the pid of its left-over file belongs to another program now', async () => {
    const server = await start();
    const lines = (await readFile(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8')).split('\n');
    await server.stop();
    lines[0] = String(process.pid);
    await writeFile(join(dataDir, 'cluster', 'postmaster.pid'), lines.join('\n'));
    const again = await start();
    expect(await query(again.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('begins again when the first start was killed half-way', async () => {
    await mkdir(join(dataDir, 'cluster.new', 'base'), { recursive: true });
    await writeFile(join(dataDir, 'initdb-password'), 'old');
    const server = await start();
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(await readdir(dataDir)).not.toContain('cluster.new');
  });

  it('names the setting when the port is taken', async () => {
    const occupant = createServer().listen(0, '127.0.0.1');
    await once(occupant, 'listening');
    const { port } = occupant.address() as AddressInfo;
    await expect(start({ port, portSetting: 'POSTGRES_PORT' })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: expect.stringContaining(`127.0.0.1:${port}`),
      hint: expect.stringContaining('POSTGRES_PORT'),
    });
    occupant.close();
  });

  it('says that the disk is full before it writes a database', async () => {
    await expect(start({ freeSpace: async () => 150 * 1024 * 1024 })).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: `The disk of ${dataDir} has 150 MB free; at least 200 MB are needed.`,
    });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('does not touch the files of another major version', async () => {
    await (await start()).stop();
    await writeFile(join(dataDir, 'cluster', 'PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({
      code: 'DATA_DIR_OTHER_VERSION',
      message: expect.stringMatching(/PostgreSQL 15; this is PostgreSQL 18/),
    });
  });

  it('shows what PostgreSQL said when it does not start', async () => {
    await expect(start({ settings: { work_mem: 'plenty' } })).rejects.toMatchObject({
      code: 'SERVER_DOES_NOT_START',
      message: expect.stringMatching(/invalid value for parameter "work_mem": "plenty"[^]*postgres\.log/),
    });
  });

  it('runs as an ordinary user, never as root', async () => {
    const root = process.getuid?.() === 0;
    const uid = root ? 65534 : process.getuid?.();
    await mkdir(dataDir, { recursive: true });
    const server = await start();
    expect((await stat(join(dataDir, 'cluster'))).uid).not.toBe(0);
    expect(await query(server.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    await server.stop();

    dataDir = await mkdtemp(join(dataDir, 'ordinary-'));
    if (root && uid !== undefined) await chown(dataDir, uid, uid);
    const { other, url } = await startedElsewhere(root ? uid : undefined);
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect((await stat(join(dataDir, 'cluster'))).uid).toBe(uid);
    await other.kill();
    // Root goes on with the files of that user, as that user.
    const adopted = await start({ port: undefined, disposable: true });
    expect(adopted.adopted).toBe(true);
  });

  it('works below a folder that only its owner may enter', async () => {
    const closed = await mkdtemp(join(await scratchDir(), 'closed-'));
    const fallbackRoot = join(await scratchDir(), 'fallback');
    dataDir = join(closed, 'data');
    const lines: string[] = [];
    const options = { fallbackRoot, log: (line: string) => lines.push(line) };
    const server = await start(options);
    await query(server.url, 'CREATE TABLE kept AS SELECT 1 AS id');
    await server.stop();
    const again = await start(options);
    expect(await query(again.url, 'SELECT id FROM kept')).toEqual([{ id: 1 }]);
    const asRoot = [expect.stringMatching(`may not enter ${closed}: its files are in ${fallbackRoot}/postgres-`)];
    expect(lines).toEqual(process.getuid?.() === 0 ? asRoot : []);
  });

  it('works with a package that only its owner may enter and whose links were never made', async () => {
    const options = JSON.stringify({ dataDir, disposable: true });
    const library = await closedInstallation();
    const other = otherProcess(`print((await embedded.startPostgres(${options})).url); forever();`, undefined, library);
    const url = await other.next<string>();
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    const copies = (await readdir(dataDir)).filter((name) => name.startsWith('binaries-'));
    expect(copies).toHaveLength(process.getuid?.() === 0 ? 1 : 0);
    await other.kill();
    await start({ port: undefined, disposable: true });
  });
});

import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, eventually, startTestPostgres, type TestDatabase } from '@rpa/testing';
import pg from 'pg';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createLogger } from '../log/logger.js';
import { Database, type DatabaseOptions } from './database.js';
import { Transactions } from './transactions.js';

class Notes1700000000001 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Longer than replicas need to meet each other here.
    await runner.query('SELECT pg_sleep(0.2)');
    await runner.query('CREATE TABLE odd_name.notes (id int PRIMARY KEY)');
  }
  async down(): Promise<void> {}
}

const logger = createLogger({ service: 'auth', level: 'silent', format: 'json' });
const opened: Database[] = [];

async function open(url: string, more: Partial<DatabaseOptions> = {}): Promise<Database> {
  const database = await Database.open({
    url,
    schema: 'odd_name',
    poolSize: 2,
    entities: [],
    migrations: [Notes1700000000001],
    requireDurable: false,
    service: 'auth',
    logger,
    ...more,
  });
  opened.push(database);
  return database;
}

afterEach(() => Promise.all(opened.splice(0).map((database) => database.close())));

describe('Database', () => {
  let test: TestDatabase;
  beforeAll(async () => void (test = await createTestDatabase('platform')));
  afterAll(() => test.drop());

  it('is migrated once by replicas that start together, also with a pool of one', async () => {
    const replicas = await Promise.all([1, 1, 2].map((poolSize) => open(test.url, { poolSize })));
    const { rows } = await (replicas[0] as Database).pool.query('SELECT name FROM odd_name.migrations');
    expect(rows).toEqual([{ name: 'Notes1700000000001' }]);
  });

  it('gives every connection its time limits and its name', async () => {
    const { pool } = await open(test.url);
    const show = async (name: string) => (await pool.query<Record<string, string>>(`SHOW ${name}`)).rows[0]?.[name];
    expect(await show('statement_timeout')).toBe('30s');
    expect(await show('lock_timeout')).toBe('10s');
    expect(await show('idle_in_transaction_session_timeout')).toBe('30s');
    expect(await show('application_name')).toBe('rpa-auth');
  });

  it('does not start on a server that could lose a commit', async () => {
    const careless = await createTestDatabase('careless');
    const client = new pg.Client({ connectionString: careless.url });
    await client.connect();
    await client.query(`ALTER DATABASE ${careless.name} SET synchronous_commit = off`);
    await client.end();
    // The servers of the test run are disposable: the first two are off.
    await expect(open(careless.url, { requireDurable: true })).rejects.toThrow(
      /could lose what it acknowledged: fsync, full_page_writes, synchronous_commit off.*DATABASE_DURABILITY/,
    );
    await careless.drop();
  });

  it('fails at once where waiting cannot help', async () => {
    const url = new URL(test.url);
    url.pathname = '/no_such_database';
    await expect(open(url.href)).rejects.toThrow(/no_such_database/);
    class Broken1700000000002 implements MigrationInterface {
      up = (runner: QueryRunner) => runner.query('CREATE TABEL x');
      down = async () => undefined;
    }
    await expect(open(test.url, { migrations: [Broken1700000000002] })).rejects.toThrow(/TABEL/);
    const { rows } = await (
      await open(test.url)
    ).pool.query(`SELECT count(*)::int AS held FROM pg_locks WHERE locktype = 'advisory'`);
    expect(rows).toEqual([{ held: 0 }]);
  });

  it('survives that its connections are cut while they idle, wait and are held', async () => {
    const database = await open(test.url);
    const held = await database.pool.connect();
    const waiting = database.pool.query('SELECT pg_sleep(20)').catch((error: Error) => error);
    const admin = new pg.Client({ connectionString: test.url });
    await admin.connect();
    await eventually(async () => {
      const cut = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                    WHERE application_name = 'rpa-auth' AND datname = current_database()`;
      expect((await admin.query(cut)).rowCount).toBe(2);
    });
    await admin.end();
    expect(await waiting).toBeInstanceOf(Error);
    await expect(held.query('SELECT 1')).rejects.toThrow();
    held.release(true);
    expect(await database.check()).toEqual({ ok: true });
  });

  it('is found again after PostgreSQL was restarted, and says so meanwhile', async () => {
    const server = await startTestPostgres();
    const database = await open(server.url);
    await server.stop();
    expect(await database.check()).toEqual({ ok: false, reason: 'PostgreSQL is not reachable' });
    const late = open(server.url);
    const again = await startTestPostgres({ dataDir: server.dataDir, port: server.port });
    await eventually(async () => expect(await database.check()).toEqual({ ok: true }), 10_000);
    expect(await (await late).check()).toEqual({ ok: true });
    await Promise.all(opened.splice(0).map((each) => each.close()));
    await again.stop();
  }, 30_000);
});

describe('Transactions', () => {
  let test: TestDatabase;
  beforeAll(async () => void (test = await createTestDatabase('transactions')));
  afterAll(() => test.drop());

  it('commit or undo everything together, however deep the calls', async () => {
    const database = await open(test.url);
    const transactions = new Transactions(database);
    const insert = (id: number) =>
      transactions.run((manager) => manager.query('INSERT INTO odd_name.notes VALUES ($1)', [id]));
    await transactions.run(async () => {
      await insert(1);
      await insert(2);
    });
    const failed = transactions.run(async () => {
      await insert(3);
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    const { rows } = await database.pool.query('SELECT id FROM odd_name.notes ORDER BY id');
    expect(rows).toEqual([{ id: 1 }, { id: 2 }]);
  });

  it('are over for what goes on after their end', async () => {
    const transactions = new Transactions(await open(test.url));
    let late: Promise<unknown> = Promise.resolve();
    await transactions.run(async () => {
      late = new Promise((resolve) => setTimeout(resolve, 50)).then(() =>
        transactions.run((manager) => manager.query('SELECT 1 AS one')),
      );
    });
    expect(await late).toEqual([{ one: 1 }]);
  });
});

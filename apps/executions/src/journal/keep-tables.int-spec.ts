import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ExecutionEntity } from '@rpa/entities/executions';
import { createLogger, Database } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { MIGRATIONS } from '../migrations/migrations.js';
import { RunsRepository } from '../ownership/runs.repository.js';
import { dropOldJournal } from './drop-old-journal.js';
import { ensurePartitions, idAt } from './journal-partitions.js';
import { KeepTables } from './keep-tables.js';

let testDatabase: TestDatabase;
let database: Database;
const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });

beforeAll(async () => {
  testDatabase = await createTestDatabase('executions tables');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 2,
    entities: [ExecutionEntity],
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger,
  });
}, 60_000);
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

it('start keys are forgotten after 72 hours, however many there are, and no younger ones', async () => {
  await database.pool.query(
    `INSERT INTO executions.start_keys (organization_id, source, key, execution_id, created_at)
     SELECT $1::uuid, CASE WHEN n % 2 = 0 THEN 'http' ELSE 'schedule' END, n::text, $1::uuid,
            now() - CASE WHEN n <= 4500 THEN interval '73 hours' ELSE interval '71 hours' END
       FROM generate_series(1, 5000) n`,
    [randomUUID()],
  );
  const tables = new KeepTables(database.pool, new RunsRepository(database.pool), logger);
  expect(await tables.forgetStartKeys()).toBe(4_500);
  const { rows } = await database.pool.query('SELECT count(*)::int AS left FROM executions.start_keys');
  expect(rows).toEqual([{ left: 500 }]);
  expect(await tables.forgetStartKeys()).toBe(0);
});

it('weeks of journal are dropped when every run of them has ended long enough ago', async () => {
  const { pool } = database;
  const day = 86_400_000;
  const now = Date.UTC(2026, 5, 3);
  const weeks = [now - 120 * day, now - 110 * day, now - 100 * day, now];
  for (const at of weeks) {
    await ensurePartitions(pool, at);
    const id = idAt(at);
    // Of the second week a run still waits, of the third one has ended a day ago.
    const ended = [now - 119 * day, null, now - day, now][weeks.indexOf(at)];
    await pool.query(
      `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
         status, test, trigger_type, inputs, priority, settled, total, completed_at)
       VALUES ($1::uuid, $1, $1, $1, 'w', 1, $2, false, 'manual', '{}', 5, 1, 1, $3)`,
      [id, ended == null ? 'waiting' : 'completed', ended == null ? null : new Date(ended)],
    );
    await pool.query('INSERT INTO executions.journal VALUES ($1, 1, 1, 1, $2)', [id, '[]']);
    await pool.query('INSERT INTO executions.snapshots VALUES ($1, 1, $2)', [id, '{}']);
  }
  const dropped = await dropOldJournal(pool, now, 90, logger);
  expect(dropped).toContain('journal_20260202');
  const left = await pool.query<{ execution_id: string }>('SELECT execution_id FROM executions.journal ORDER BY 1');
  expect(left.rows.map((row) => row.execution_id)).toEqual(weeks.slice(1).map((at) => idAt(at)));
  const snapshots = await pool.query('SELECT FROM executions.snapshots');
  expect(snapshots.rowCount).toBe(3);
  expect(await dropOldJournal(pool, now, 90, logger)).toEqual([]);
});

it('what reruns took over is forgotten when they have ended or never began, not before', async () => {
  const { pool } = database;
  const hour = 3_600_000;
  const [gone, ended, open, fresh] = [3, 2.5, 2, 0].map((hours) => idAt(Date.now() - hours * hour));
  for (const [id, status] of [
    [ended, 'completed'],
    [open, 'waiting'],
  ] as const)
    await pool.query(
      `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
         status, test, trigger_type, inputs, priority, settled, total)
       VALUES ($1::uuid, $1, $1, $1, 'w', 1, $2, false, 'manual', '{}', 5, 1, 1)`,
      [id, status],
    );
  for (const id of [gone, ended, open, fresh])
    await pool.query(`INSERT INTO executions.adoptions VALUES ($1::uuid, 'a', $1, $1, 'settled', 1, 1)`, [id]);
  const tables = new KeepTables(pool, new RunsRepository(pool), logger);
  expect(await tables.forgetAdoptions(Date.now())).toBe(2);
  const { rows } = await pool.query('SELECT execution_id AS id FROM executions.adoptions ORDER BY 1');
  expect(rows).toEqual([{ id: open }, { id: fresh }]);
});

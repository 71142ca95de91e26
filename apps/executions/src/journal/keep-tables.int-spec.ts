import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ExecutionEntity } from '@rpa/entities/executions';
import { createLogger, Database } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { Executions1764000000000 } from '../migrations/1764000000000-executions.js';
import { RunsRepository } from '../ownership/runs.repository.js';
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
    migrations: [Executions1764000000000],
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

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionEntity } from '@rpa/entities/executions';
import { createLogger, Database, Transactions } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { Executions1764000000000 } from '../migrations/1764000000000-executions.js';
import { ExecutionsRepository, type ExecutionFilter } from './executions.repository.js';

const ROWS = 20_000;
const ORGANIZATION = randomUUID();
const WORKFLOW = randomUUID();
let testDatabase: TestDatabase;
let database: Database;
let executions: ExecutionsRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase('executions list');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 2,
    entities: [ExecutionEntity],
    migrations: [Executions1764000000000],
    requireDurable: false,
    service: 'executions',
    logger: createLogger({ service: 'executions', level: 'silent', format: 'json' }),
  });
  executions = new ExecutionsRepository(new Transactions(database));
  // Two in three rows are the organization's; ids grow by a second, as UUIDv7 do.
  await database.pool.query(
    `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
       status, test, trigger_type, inputs, priority, settled, total)
     SELECT (lpad(to_hex(1700000000000 + n * 1000), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
            CASE WHEN n % 3 = 0 THEN $2::uuid ELSE $1::uuid END, CASE WHEN n % 50 = 1 THEN $3::uuid ELSE $2::uuid END,
            $2::uuid, 'w', 1, CASE WHEN n % 100 = 1 THEN 'failed' ELSE 'completed' END, false,
            CASE WHEN n % 200 = 1 THEN 'webhook' ELSE 'manual' END, '{}', 5, 1, 1
       FROM generate_series(1, ${ROWS}) n`,
    [ORGANIZATION, randomUUID(), WORKFLOW],
  );
  await database.pool.query('ANALYZE executions.executions');
}, 60_000);
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function planOf(filter: ExecutionFilter): Promise<string> {
  const [query, parameters] = executions.statement(ORGANIZATION, filter);
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`, parameters);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

describe('the list of executions', () => {
  it.each<[string, ExecutionFilter]>([
    ['nothing', {}],
    ['a workflow', { workflowId: WORKFLOW }],
    ['a status', { status: 'failed' }],
    ['a trigger', { trigger: 'webhook' }],
    ['a time', { from: 1_700_000_000_000 + 100 * 1000, to: 1_700_000_000_000 + 200 * 1000 }],
    ['a workflow and a time', { workflowId: WORKFLOW, from: 1_700_000_000_000 + 100 * 1000 }],
  ])('reads a range of an index and sorts nothing, filtered by %s', async (_, filter) => {
    const plan = await planOf({ ...filter, limit: 50 });
    expect(plan).toMatch(/Index Scan/);
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  });

  it('pages through everything once, newest first', async () => {
    const ids: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await executions.list(ORGANIZATION, { status: 'failed', limit: 60, ...(cursor && { cursor }) });
      ids.push(...page.data.map((row) => row.id));
      cursor = page.nextCursor;
    } while (cursor);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(ids).toHaveLength(134);
  });
});

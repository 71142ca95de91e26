import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionEntity } from '@rpa/entities/executions';
import { createLogger, Database, Transactions } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { MIGRATIONS } from '../migrations/migrations.js';
import { ExecutionsRepository, type ExecutionFilter } from './executions.repository.js';

const ROWS = 20_000;
const START = 1_700_000_000_000;
const ORGANIZATION = randomUUID();
const OTHER = randomUUID();
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
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger: createLogger({ service: 'executions', level: 'silent', format: 'json' }),
  });
  executions = new ExecutionsRepository(new Transactions(database));
  // Two in three rows are the organization's; ids grow by a second, as UUIDv7 do.
  await database.pool.query(
    `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
       status, test, trigger_type, inputs, priority, settled, total, error, business_key, created_at, updated_at)
     SELECT (lpad(to_hex(${START} + n * 1000), 12, '0') || '7000' || '8000' || lpad(to_hex(n), 12, '0'))::uuid,
            CASE WHEN n % 3 = 0 THEN $2::uuid ELSE $1::uuid END, CASE WHEN n % 50 = 1 THEN $3::uuid ELSE $2::uuid END,
            $2::uuid, 'w', CASE WHEN n % 500 = 1 THEN 2 ELSE 1 END,
            CASE WHEN n % 100 = 1 THEN 'failed' ELSE 'completed' END, n % 1000 = 2,
            CASE WHEN n % 200 = 1 THEN 'webhook' ELSE 'manual' END, '{}', 5, 1, 1,
            CASE WHEN n % 100 = 1 THEN json_build_object('code', 'http_status', 'message',
              'Order ' || n || CASE WHEN n % 1000 = 1 THEN ' was refused by the warehouse' ELSE ' timed out' END) END,
            CASE WHEN n % 20 = 1 THEN 'order-' || n % 4000 END,
            to_timestamp((${START} + n * 1000) / 1000.0), to_timestamp((${START} + n * 1000) / 1000.0)
       FROM generate_series(1, ${ROWS}) n`,
    [ORGANIZATION, OTHER, WORKFLOW],
  );
  await database.pool.query(
    `INSERT INTO executions.labels SELECT organization_id, 'region', CASE WHEN n % 40 = 0 THEN 'eu' ELSE 'us' END, id
       FROM (SELECT *, row_number() OVER (ORDER BY id) AS n FROM executions.executions) e WHERE n % 4 = 0`,
  );
  await database.pool.query('ANALYZE executions.executions; ANALYZE executions.labels');
}, 60_000);
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

async function planOf(filter: ExecutionFilter): Promise<string> {
  const [query, parameters] = executions.statement(ORGANIZATION, { ...filter, limit: 50 });
  const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${query}`, parameters);
  return rows.map((row) => row['QUERY PLAN']).join('\n');
}

async function all(filter: ExecutionFilter, limit = 60) {
  const rows: ExecutionEntity[] = [];
  let cursor: string | null = null;
  do {
    const page = await executions.list(ORGANIZATION, { ...filter, limit, ...(cursor && { cursor }) });
    rows.push(...page.data);
    cursor = page.nextCursor;
  } while (cursor);
  return rows;
}

describe('the list of executions', () => {
  it.each<[string, ExecutionFilter, RegExp]>([
    ['nothing', {}, /executions_(newest|pkey)/],
    ['nothing, oldest first', { sort: 'createdAt' }, /executions_(newest|pkey)/],
    ['nothing, in the order of change', { sort: '-updatedAt' }, /executions_by_change/],
    ['a workflow', { workflowId: WORKFLOW }, /executions_by_(workflow|version)|executions_not_completed/],
    ['a version', { workflowId: WORKFLOW, version: 2 }, /executions_by_version/],
    ['a status', { status: 'failed' }, /executions_by_status/],
    ['a workflow and a status', { workflowId: WORKFLOW, status: 'failed' }, /executions_not_completed/],
    ['a trigger', { trigger: 'webhook' }, /executions_by_trigger/],
    ['a time', { from: START + 100_000, to: START + 200_000 }, /executions_(newest|pkey)/],
    ['a workflow and a time', { workflowId: WORKFLOW, from: START + 100_000 }, /Index/],
    ['a business key', { businessKey: 'order-21' }, /executions_by_business_key/],
    ['test runs', { test: true }, /executions_tests/],
  ])('reads a range of an index and sorts nothing, filtered by %s', async (_, filter, index) => {
    const plan = await planOf(filter);
    expect(plan).toMatch(/Index Scan|Index Only Scan/);
    expect(plan).toMatch(index);
    expect(plan).not.toMatch(/Seq Scan|Sort/);
  });

  it.each<[string, ExecutionFilter]>([
    ['a rare label', { label: 'region:eu' }],
    ['two labels', { label: ['region:eu', 'tier:gold'] }],
    ['a rare word of the error', { search: 'warehouse' }],
    ['a common word of the error', { search: 'order' }],
  ])('reads no table as a whole, filtered by %s', async (_, filter) => {
    expect(await planOf(filter)).not.toMatch(/Seq Scan/);
  });

  it('pages through everything once, newest first', async () => {
    const ids = (await all({ status: 'failed' })).map((row) => row.id);
    expect(ids).toEqual([...new Set(ids)].sort().reverse());
    expect(ids).toHaveLength(134);
  });

  it('pages in the order of change, both ways', async () => {
    const filter = { workflowId: WORKFLOW, status: 'failed' as const };
    const down = (await all({ ...filter, sort: '-updatedAt' }, 7)).map((row) => row.id);
    const up = (await all({ ...filter, sort: 'updatedAt' }, 7)).map((row) => row.id);
    expect(down).toHaveLength(new Set(down).size);
    expect(up).toEqual([...down].reverse());
    expect(down.length).toBeGreaterThan(100);
  });

  it('keeps test runs and production runs apart', async () => {
    const tests = await all({ test: true });
    expect(tests.length).toBeGreaterThan(0);
    expect(tests.every((row) => row.test)).toBe(true);
    expect((await all({ workflowId: OTHER }, 200)).some((row) => row.test)).toBe(false);
  });

  it('finds errors by words, labels and business keys, of the organization alone', async () => {
    const refused = await all({ search: 'refused -timed' });
    expect(refused.length).toBeGreaterThan(5);
    expect(refused.every((row) => /warehouse/.test(row.error?.message ?? ''))).toBe(true);
    expect(await all({ search: '"by the warehouse" http_status' })).toHaveLength(refused.length);
    expect(await all({ search: "nothing' | (x) & !" })).toEqual([]);
    expect(await all({ search: `org:${OTHER}` })).toEqual([]);
    const labelled = await all({ label: 'region:eu' });
    expect(labelled.length).toBeGreaterThan(100);
    expect(await all({ label: ['region:eu', 'region:us'] })).toEqual([]);
    const keyed = await all({ businessKey: 'order-21' });
    expect(keyed.length).toBeGreaterThan(1);
    for (const row of [...refused, ...labelled, ...keyed]) expect(row.organizationId).toBe(ORGANIZATION);
  });

  it('finds the newest errors with a common word, page by page, as with a rare one', async () => {
    const common = await all({ search: 'order http_status' }, 50);
    expect(common).toHaveLength(134);
    await database.pool.query(
      `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
         status, test, trigger_type, inputs, priority, settled, total, error)
       SELECT (lpad(to_hex(${START} + n * 1000), 12, '0') || '7111' || '8000' || lpad(to_hex(n), 12, '0'))::uuid, $1, $1, $1,
              'w', 1, 'failed', false, 'manual', '{}', 5, 1, 1, '{"code":"busy","message":"the server is busy"}'
         FROM generate_series(1, 1200) n`,
      [OTHER],
    );
    const busy = await executions.list(OTHER, { search: 'busy', limit: 50 });
    const next = await executions.list(OTHER, { search: 'busy', limit: 50, cursor: busy.nextCursor ?? '' });
    const ids = [...busy.data, ...next.data].map((row) => row.id);
    expect(ids).toHaveLength(100);
    expect(ids).toEqual([...ids].sort().reverse());
    expect(await all({ search: 'busy' })).toEqual([]);
  });

  it('refuses a cursor of other filters or of another organization', async () => {
    const { nextCursor } = await executions.list(ORGANIZATION, { status: 'failed', limit: 2 });
    const cursor = nextCursor ?? '';
    const refused = { code: 'validation_failed', errors: [{ path: 'cursor', code: 'cursor' }] };
    await expect(executions.list(ORGANIZATION, { cursor })).rejects.toMatchObject(refused);
    await expect(executions.list(ORGANIZATION, { status: 'completed', cursor })).rejects.toMatchObject(refused);
    await expect(executions.list(OTHER, { status: 'failed', cursor })).rejects.toMatchObject(refused);
    expect((await executions.list(ORGANIZATION, { status: 'failed', limit: 5, cursor })).data).toHaveLength(5);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ExecutionEntity } from '@rpa/entities/executions';
import { createLogger, Database } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { MIGRATIONS } from '../migrations/migrations.js';
import { ChangesRepository } from '../stream/changes.repository.js';
import { CountRuns } from './count-runs.js';
import { CountsRepository } from './counts.repository.js';
import { ReadOverview } from './read-overview.js';
import { ReadPerformance } from './read-performance.js';
import { ReadTimeline } from './read-timeline.js';
import { StatsRepository } from './stats.repository.js';

const ROWS = 12_000;
const ORGANIZATION = randomUUID();
const OTHER = randomUUID();
const WORKFLOWS = Array.from({ length: 5 }, () => randomUUID());
const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });
let testDatabase: TestDatabase;
let database: Database;
let stats: StatsRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase('executions analytics');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 4,
    entities: [ExecutionEntity],
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger,
  });
  stats = new StatsRepository(database.pool);
  await fill(ROWS);
}, 60_000);
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

/** Runs of two days that ended, one in eleven failed, one in ten of another organization, one in a hundred a test. */
async function fill(rows: number): Promise<void> {
  await database.pool.query(
    `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
       status, test, trigger_type, inputs, priority, settled, total, created_at, started_at, completed_at, updated_at)
     SELECT gen_random_uuid(), CASE WHEN n % 10 = 0 THEN $2::uuid ELSE $1::uuid END, ($3::uuid[])[1 + n % 5], $1, 'w', 1,
            CASE WHEN n % 11 = 0 THEN 'failed' WHEN n % 7 = 0 THEN 'running' ELSE 'completed' END, n % 100 = 1, 'manual',
            '{}', 5, 1, 1, at, at + interval '10 milliseconds',
            CASE WHEN n % 7 <> 0 OR n % 11 = 0 THEN at + make_interval(secs => 0.010 + (n % 1000) / 1000.0) END,
            at + interval '2 seconds'
       FROM (SELECT n, now() - interval '2 days' + n * interval '14 seconds' AS at FROM generate_series(1, $4::int) n) t`,
    [ORGANIZATION, OTHER, WORKFLOWS, rows],
  );
  await database.pool.query('ANALYZE executions.executions');
}

const counter = () => new CountRuns(new CountsRepository(database.pool), new ChangesRepository(database.pool), logger);
const overview = () => new ReadOverview(stats).execute(ORGANIZATION, {});

async function truth(organizationId: string) {
  const { rows } = await database.pool.query<{ status: string; runs: number; ms: number }>(
    `SELECT status, count(*)::int AS runs, sum(extract(epoch FROM completed_at - started_at) * 1000)::float8 AS ms
       FROM executions.executions WHERE organization_id = $1 AND completed_at IS NOT NULL AND NOT test
        AND status IN ('completed', 'failed') GROUP BY status`,
    [organizationId],
  );
  return Object.fromEntries(rows.map((row) => [row.status, row]));
}

describe('counting ended runs', () => {
  it('counts each once, whoever counts and however often', async () => {
    await Promise.all([counter().execute(), counter().execute(), counter().execute()]);
    await counter().execute();
    const wanted = await truth(ORGANIZATION);
    const { counts, durationMs, queueMs } = await overview();
    expect(counts).toMatchObject({ completed: wanted['completed']?.runs, failed: wanted['failed']?.runs });
    expect(counts.runs).toBe(counts.completed + counts.failed);
    const average = ((wanted['completed']?.ms ?? 0) + (wanted['failed']?.ms ?? 0)) / counts.runs;
    expect(Math.abs((durationMs.avg ?? 0) - average)).toBeLessThan(2);
    for (const [told, real] of [
      [durationMs.p50, 500],
      [durationMs.p95, 950],
      [durationMs.p99, 990],
      [queueMs.p50, 10],
    ] as const)
      expect(Math.abs((told ?? 0) - real) / real).toBeLessThan(0.06);
  });

  it('goes on with what has ended since, and does not count again what only was touched', async () => {
    const before = (await overview()).counts.runs;
    await database.pool.query(
      `UPDATE executions.executions SET updated_at = now() WHERE organization_id = $1 AND completed_at < now() - interval '2 hours'`,
      [ORGANIZATION],
    );
    await database.pool.query(
      `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
         status, test, trigger_type, inputs, priority, settled, total, started_at, completed_at)
       SELECT gen_random_uuid(), $1, $2, $1, 'renamed', 1, 'completed', false, 'manual', '{}', 5, 1, 1, now(), now()
         FROM generate_series(1, 7)`,
      [ORGANIZATION, WORKFLOWS[0]],
    );
    await new Promise((resolve) => setTimeout(resolve, 300));
    await counter().execute();
    expect((await overview()).counts.runs).toBe(before + 7);
    const { data } = await new ReadPerformance(stats).execute(ORGANIZATION, { sort: 'workflowName' });
    expect(data.map((row) => row.workflowName)).toContain('renamed');
  });

  it('tells the same by hour, by day and by workflow', async () => {
    const { counts } = await overview();
    for (const interval of ['hour', 'day'] as const) {
      const { data } = await new ReadTimeline(stats).execute(ORGANIZATION, { interval });
      expect(data.reduce((sum, point) => sum + point.runs, 0)).toBe(counts.runs);
      expect(data.length).toBeGreaterThan(interval === 'hour' ? 160 : 6);
    }
    const performance = new ReadPerformance(stats);
    const rows = [];
    let cursor: string | null = null;
    do {
      const page = await performance.execute(ORGANIZATION, { limit: 2, ...(cursor && { cursor }) });
      rows.push(...page.data);
      cursor = page.nextCursor;
    } while (cursor);
    expect(rows.map((row) => row.workflowId).sort()).toEqual([...WORKFLOWS].sort());
    expect(rows.reduce((sum, row) => sum + row.runs, 0)).toBe(counts.runs);
    expect(rows[0]?.runs).toBeGreaterThanOrEqual(rows.at(-1)?.runs ?? 0);
  });

  it('keeps organizations apart', async () => {
    const wanted = await truth(OTHER);
    const { counts } = await new ReadOverview(stats).execute(OTHER, {});
    expect(counts.completed).toBe(wanted['completed']?.runs);
    expect((await new ReadOverview(stats).execute(randomUUID(), {})).counts.runs).toBe(0);
  });

  it('is asked without reading the runs, and live runs by their index', async () => {
    const plans: string[] = [];
    const range = { organizationId: ORGANIZATION, grain: 'hour' as const, from: '2026-01-01', to: '2036-01-01' };
    const spy = new StatsRepository({
      query: async (text: string, values: unknown[]) => {
        const { rows } = await database.pool.query<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values);
        plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
        return { rows: [] };
      },
    } as never);
    await database.pool.query('ANALYZE executions.stats_runs; ANALYZE executions.stats_times');
    await spy.runs(range);
    await spy.times(range);
    await spy.runsByWorkflow(range, 100);
    await spy.live(ORGANIZATION, 100);
    const live = plans.pop() ?? '';
    for (const plan of plans) expect(plan).not.toMatch(/ on executions /);
    expect(live).toMatch(/Index (Only )?Scan using executions_by_status/);
  });
});

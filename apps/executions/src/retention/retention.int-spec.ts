import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ExecutionEntity, LegalHoldEntity, RetentionPolicyEntity } from '@rpa/entities/executions';
import { Audit, createLogger, Database, Transactions } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { dropOldJournal } from '../journal/drop-old-journal.js';
import { ensurePartitions } from '../journal/journal-partitions.js';
import { MIGRATIONS } from '../migrations/migrations.js';
import { ApplyRetention } from './apply-retention.js';
import { LegalHolds } from './legal-holds.js';
import { Policies } from './policies.js';
import { RetentionRepository } from './retention.repository.js';

const DAY_MS = 86_400_000;
const [OURS, THEIRS, WORKFLOW, SPECIAL] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];
const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });
const released: string[][] = [];
let testDatabase: TestDatabase;
let database: Database;
let policies: Policies;
let holds: LegalHolds;
let retention: ApplyRetention;

beforeAll(async () => {
  testDatabase = await createTestDatabase('executions retention');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 3,
    entities: [ExecutionEntity, LegalHoldEntity, RetentionPolicyEntity],
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger,
  });
  // As every service has it.
  await database.pool.query('CREATE TABLE executions.audit_outbox (id uuid, organization_id uuid, entry json)');
  const repository = new RetentionRepository(database.pool);
  const transactions = new Transactions(database);
  const audit = new Audit(database, transactions);
  policies = new Policies(transactions, repository, audit);
  holds = new LegalHolds(transactions, audit);
  retention = new ApplyRetention({
    pool: database.pool,
    retention: repository,
    bus: { request: (_: unknown, body: { executionIds: string[] }) => released.push(body.executionIds) } as never,
    identity: { serviceToken: () => Promise.resolve('token') } as never,
    logger,
    everyMs: 60_000,
  });
}, 60_000);
beforeEach(async () => {
  released.length = 0;
  for (const table of [
    'executions',
    'journal',
    'logs',
    'log_sizes',
    'labels',
    'snapshots',
    'retention_policies',
    'legal_holds',
  ])
    await database.pool.query(`TRUNCATE executions.${table} CASCADE`);
});
afterAll(async () => {
  await database?.close();
  await testDatabase?.drop();
});

interface Made {
  organization?: string;
  workflow?: string;
  status?: string;
  test?: boolean;
}

/** A run that ended so many days ago, with something in every table. */
async function make(days: number, { organization = OURS, workflow = WORKFLOW, status = 'completed', test }: Made = {}) {
  const at = Date.now() - days * DAY_MS - 60_000;
  const hex = at.toString(16).padStart(12, '0');
  const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7${randomUUID().slice(15)}`;
  const ended = status === 'waiting' ? null : new Date(at);
  await database.pool.query(
    `INSERT INTO executions.executions (id, organization_id, workflow_id, version_id, workflow_name, workflow_version,
       status, test, trigger_type, inputs, priority, settled, total, completed_at)
     VALUES ($1, $2, $3, $3, 'w', 1, $4, $5, 'manual', '{}', 5, 1, 1, $6)`,
    [id, organization, workflow, status, test ?? false, ended],
  );
  await database.pool.query(`INSERT INTO executions.journal VALUES ($1, 1, 1, 1, '[]')`, [id]);
  await database.pool.query(`INSERT INTO executions.snapshots VALUES ($1, 1, '{}')`, [id]);
  await database.pool.query(`INSERT INTO executions.labels VALUES ($1, 'a', 'b', $2)`, [organization, id]);
  await database.pool.query(
    `INSERT INTO executions.logs (execution_id, organization_id, at, level, path, attempt, message)
     VALUES ($1, $2, now(), 1, 'a', 1, 'x')`,
    [id, organization],
  );
  await database.pool.query('INSERT INTO executions.log_sizes VALUES ($1, $2, 1)', [id, organization]);
  return id;
}

const left = async (table: string) => {
  const id = table === 'executions' ? 'id' : 'execution_id';
  const { rows } = await database.pool.query<{ id: string }>(`SELECT ${id} AS id FROM executions.${table} ORDER BY 1`);
  return rows.map((row) => row.id);
};

describe('retention', () => {
  it('deletes ended runs when their days are over, and everything of them', async () => {
    const [old, test] = [await make(31), await make(40, { status: 'failed', test: true })];
    const kept = [
      await make(29),
      await make(90, { status: 'waiting' }),
      await make(90, { organization: THEIRS }),
      await make(90, { workflow: SPECIAL }),
    ].sort();
    await policies.set(OURS, { days: 30 });
    await policies.set(OURS, { workflowId: SPECIAL, days: null });
    expect(await retention.execute()).toBe(2);
    for (const table of ['executions', 'journal', 'snapshots', 'labels', 'logs', 'log_sizes'])
      expect({ table, left: await left(table) }).toEqual({ table, left: kept });
    expect(released.flat().sort()).toEqual([old, test].sort());
    expect(await retention.execute()).toBe(0);
  });

  it('keeps what a legal hold names, until it is released', async () => {
    const [one, other] = [await make(50), await make(50)].sort();
    const special = await make(50, { workflow: SPECIAL });
    await policies.set(OURS, { days: 10, logsDays: 5 });
    const hold = await holds.place(OURS, 'somebody', { reason: 'Case 1', executionId: one ?? '' });
    const ofWorkflow = await holds.place(OURS, null, { reason: 'Case 2', workflowId: SPECIAL });
    await holds.place(THEIRS, null, { reason: 'theirs' });
    expect(await policies.preview(OURS, null)).toMatchObject({ executions: 1, held: 2 });
    expect(await retention.execute()).toBe(1);
    expect(await left('executions')).toEqual([one, special].sort());
    expect(await left('logs')).toEqual([one, special].sort());
    expect(released.flat()).toEqual([other]);
    await holds.release(OURS, hold.id);
    await expect(holds.release(THEIRS, ofWorkflow.id)).rejects.toMatchObject({ code: 'not_found' });
    expect(await retention.execute()).toBe(1);
    expect(await left('executions')).toEqual([special]);
    expect((await holds.list(OURS, {})).data.map((row) => row.reason)).toEqual(['Case 2']);
  });

  it('deletes logs earlier than their runs', async () => {
    const [old, young] = [await make(8), await make(6)];
    await policies.set(OURS, { days: null, logsDays: 7 });
    await retention.execute();
    expect(await left('executions')).toEqual([old, young].sort());
    expect(await left('logs')).toEqual([young]);
    expect(await left('journal')).toHaveLength(2);
  });

  it('tells what would go without deleting it', async () => {
    for (let n = 0; n < 3; n++) await make(20 + n);
    await make(20, { workflow: SPECIAL });
    await policies.set(OURS, { workflowId: SPECIAL, days: 400 });
    expect(await policies.preview(OURS, null)).toEqual({ executions: 0, held: 0, workflows: [], oldest: null });
    const would = await policies.preview(OURS, 15);
    expect(would).toMatchObject({ executions: 3, workflows: [{ workflowId: WORKFLOW, executions: 3 }] });
    expect(Date.now() - Date.parse(would.oldest ?? '')).toBeGreaterThan(22 * DAY_MS);
    expect(await left('executions')).toHaveLength(4);
    expect(await policies.preview(THEIRS, 1)).toMatchObject({ executions: 0 });
  });

  it('takes what many runs leave in bites, each once', async () => {
    for (let n = 0; n < 30; n++) await make(20 + n / 100);
    await policies.set(OURS, { days: 10 });
    const repository = new RetentionRepository(database.pool);
    const wish = { organizationId: OURS, atLeastDays: 10 };
    const first = await repository.deleteRuns(wish, false, '00000000-0000-0000-0000-000000000000', 12);
    expect(first.deleted).toHaveLength(12);
    const second = await repository.deleteRuns(wish, false, first.next ?? '', 50);
    expect([second.deleted.length, second.next]).toEqual([18, null]);
  });

  it('keeps a week of journal in which a hold names a run', async () => {
    await ensurePartitions(database.pool, Date.now() - 60 * DAY_MS);
    const id = await make(60);
    const hold = await holds.place(OURS, null, { reason: 'Case', executionId: id });
    await dropOldJournal(database.pool, Date.now(), 14, logger);
    expect(await left('journal')).toEqual([id]);
    await holds.release(OURS, hold.id);
    expect((await dropOldJournal(database.pool, Date.now(), 14, logger)).length).toBeGreaterThan(0);
    expect([await left('journal'), await left('logs')]).toEqual([[], []]);
  });
});

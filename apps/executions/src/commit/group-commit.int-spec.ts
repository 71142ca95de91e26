import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger, Database, Metrics } from '@rpa/platform';
import { createTestDatabase, type TestDatabase } from '@rpa/testing';
import { v7 as newId } from 'uuid';
import { ensurePartitions } from '../journal/journal-partitions.js';
import { LeasesRepository } from '../lease/leases.repository.js';
import { MIGRATIONS } from '../migrations/migrations.js';
import type { Append, StartRow } from './append.js';
import { CommitMetrics } from './commit-metrics.js';
import { Fenced, RecordRefused } from './commit.errors.js';
import { GroupCommit } from './group-commit.js';

const logger = createLogger({ service: 'executions', level: 'silent', format: 'json' });
const opened: GroupCommit[] = [];
let testDatabase: TestDatabase;
let database: Database;
let leases: LeasesRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase('group commit');
  database = await Database.open({
    url: testDatabase.url,
    schema: 'executions',
    poolSize: 4,
    entities: [],
    migrations: MIGRATIONS,
    requireDurable: false,
    service: 'executions',
    logger,
  });
  await ensurePartitions(database.pool, Date.now());
  leases = new LeasesRepository(database.pool);
});
afterEach(() => Promise.all(opened.splice(0).map((commits) => commits.close())));
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

async function open(
  url = testDatabase.url,
  leaseMs = 60_000,
): Promise<{ commits: GroupCommit; leaseId: string; fenced: string[] }> {
  const fenced: string[] = [];
  const commits = new GroupCommit(url, logger, new CommitMetrics(new Metrics('executions')), (id) => fenced.push(id));
  opened.push(commits);
  const leaseId = await leases.take(randomUUID(), leaseMs);
  await commits.connect();
  commits.open(leaseId);
  return { commits, leaseId, fenced };
}

function start(more: Partial<StartRow> = {}, body = '[{"seq":1}]'): Append {
  const row: StartRow = {
    organizationId: randomUUID(),
    workflowId: randomUUID(),
    versionId: randomUUID(),
    workflowName: 'Orders',
    workflowVersion: 1,
    status: 'running',
    test: false,
    triggerType: 'manual',
    triggerId: null,
    inputs: '{}',
    output: null,
    error: null,
    parent: null,
    rerunOf: null,
    labels: null,
    businessKey: null,
    priority: 5,
    traceparent: null,
    waitReply: null,
    owned: true,
    settled: 0,
    total: 1,
    startedAt: Date.now(),
    completedAt: null,
    key: null,
    ...more,
  };
  const executionId = newId();
  return { executionId, start: row, records: { seq: 1, lastSeq: 1, body }, timers: [], consumed: [], outbox: [] };
}

function next(executionId: string, seq: number, more: Partial<Append> = {}): Append {
  const records = { seq, lastSeq: seq, body: `[{"seq":${seq}}]` };
  return { executionId, records, timers: [], consumed: [], outbox: [], ...more };
}

async function journalOf(executionId: string): Promise<number[]> {
  const { rows } = await database.pool.query<{ seq: number }>(
    'SELECT seq FROM executions.journal WHERE execution_id = $1 ORDER BY seq',
    [executionId],
  );
  return rows.map((row) => row.seq);
}

/** Passes everything on; when armed, it lets the next commit through and cuts the line before its answer. */
async function cuttingProxy(): Promise<{ url: string; arm(): void; cuts: () => number; close(): void }> {
  const target = new URL(testDatabase.url);
  const sockets = new Set<Socket>();
  let armed = false;
  let cuts = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (data) => upstream.write(data));
    upstream.on('data', (data) => {
      if (!armed || !data.includes('Z')) return client.write(data);
      armed = false;
      cuts++;
      return client.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(testDatabase.url);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    arm: () => (armed = true),
    cuts: () => cuts,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

describe('GroupCommit', () => {
  it('writes journal and row in one go, many runs at once', async () => {
    const { commits, leaseId } = await open();
    const starts = Array.from({ length: 300 }, () => start());
    const committed = await Promise.all(starts.map((append, index) => commits.append(index % 2, append)));
    expect(committed.every((result) => !result.duplicate && !result.kept)).toBe(true);
    const { rows } = await database.pool.query(
      'SELECT count(*)::int AS count FROM executions.executions e JOIN executions.journal j ON j.execution_id = e.id WHERE e.owner = $1 AND j.lease_id = $1',
      [leaseId],
    );
    expect(rows).toEqual([{ count: 300 }]);
  });

  it('writes nothing for a replica whose lease was taken over', async () => {
    const stale = await open();
    const append = start();
    await stale.commits.append(0, append);
    await database.pool.query('DELETE FROM executions.leases WHERE id = $1', [stale.leaseId]);
    await expect(stale.commits.append(0, next(append.executionId, 2))).rejects.toBeInstanceOf(Fenced);
    await expect(stale.commits.append(1, start())).rejects.toBeInstanceOf(Fenced);
    expect(await journalOf(append.executionId)).toEqual([1]);
    expect(stale.fenced).toEqual([stale.leaseId]);
  });

  it('writes nothing after the lease has expired, although nobody has taken it', async () => {
    const { commits } = await open(testDatabase.url, 1);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const append = start();
    await expect(commits.append(0, append)).rejects.toBeInstanceOf(Fenced);
    expect(await journalOf(append.executionId)).toEqual([]);
  });

  it('makes a take-over wait for the commits in flight', async () => {
    await database.pool.query('DELETE FROM executions.leases');
    const { commits, leaseId } = await open();
    const append = start();
    const blocker = await database.pool.connect();
    await blocker.query('BEGIN');
    await blocker.query('INSERT INTO executions.journal VALUES ($1, 1, 1, 0, $2)', [append.executionId, '[]']);
    const committing = commits.append(0, append).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await database.pool.query("UPDATE executions.leases SET expires_at = now() - interval '1 s' WHERE id = $1", [
      leaseId,
    ]);
    expect(await leases.takeOverExpired('0', 0)).toEqual([]);
    await blocker.query('ROLLBACK');
    blocker.release();
    expect(await committing).toEqual({ duplicate: false, kept: false });
    expect(await leases.takeOverExpired('0', 0)).toHaveLength(1);
    await expect(commits.append(0, next(append.executionId, 2))).rejects.toBeInstanceOf(Fenced);
  });

  it('fails a poisonous run alone', async () => {
    const { commits } = await open();
    const appends = [start(), start({}, '[{"seq":'), start(), start({ workflowName: 'nul \0' }), start()];
    await commits.append(0, start());
    const results = await Promise.allSettled(appends.map((append) => commits.append(0, append)));
    expect(results.map((result) => result.status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(RecordRefused);
    expect(await Promise.all(appends.map((append) => journalOf(append.executionId)))).toEqual([[1], [], [1], [], [1]]);
  });

  it('never writes the same place of a journal twice', async () => {
    const { commits } = await open();
    const append = start();
    await commits.append(0, append);
    await commits.append(0, next(append.executionId, 2));
    const other = await open();
    await expect(other.commits.append(0, next(append.executionId, 2))).rejects.toBeInstanceOf(RecordRefused);
  });

  it('lets a key start one run, in one batch, in two lanes and in two replicas', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const organizationId = randomUUID();
    const keyed = (): Append => start({ organizationId, key: { source: 'http', key: 'k', fingerprint: null } });
    const results = await Promise.all(
      [...Array(40).keys()].map((index) => (index % 3 ? one : two).commits.append(index % 2, keyed())),
    );
    expect(results.filter((result) => !result.duplicate)).toHaveLength(1);
    const { rows } = await database.pool.query('SELECT id FROM executions.executions WHERE organization_id = $1', [
      organizationId,
    ]);
    expect(rows).toHaveLength(1);
  });

  it('lets a run go only with an empty inbox', async () => {
    const { commits } = await open();
    const [waiting, busy] = [start(), start()];
    await Promise.all([commits.append(0, waiting), commits.append(0, busy)]);
    const cancel = newId();
    await database.pool.query('INSERT INTO executions.inbox VALUES ($1, $2, $3, $4, $5, $6)', [
      cancel,
      randomUUID(),
      busy.executionId,
      'cancel',
      'cancel',
      '{}',
    ]);
    const letGo = (append: Append, consumed: string[] = []): Append =>
      next(append.executionId, consumed.length + 2, {
        consumed,
        timers: [{ timer: 'delay', dueAt: Date.now() + 60_000 }],
        change: {
          status: 'waiting',
          output: null,
          error: null,
          settled: 0,
          total: 1,
          completedAt: null,
          owner: 'let_go',
        },
      });
    expect(await Promise.all([commits.append(0, letGo(waiting)), commits.append(0, letGo(busy))])).toEqual([
      { duplicate: false, kept: false },
      { duplicate: false, kept: true },
    ]);
    const timers = async () =>
      (await database.pool.query('SELECT execution_id FROM executions.timers ORDER BY 1')).rows.map(
        (row: { execution_id: string }) => row.execution_id,
      );
    expect(await timers()).toEqual([waiting.executionId]);
    expect(await commits.append(0, letGo(busy, [cancel]))).toEqual({ duplicate: false, kept: false });
    expect(await timers()).toEqual([waiting.executionId, busy.executionId].sort());
    expect((await database.pool.query('SELECT 1 FROM executions.inbox')).rows).toEqual([]);
  });

  it('reads back what became of a commit whose answer was lost, and writes it once', async () => {
    const proxy = await cuttingProxy();
    try {
      const { commits } = await open(proxy.url);
      const append = start();
      await commits.append(0, append);
      for (let seq = 2; seq <= 6; seq++) {
        proxy.arm();
        const both = [commits.append(0, next(append.executionId, seq)), commits.append(0, start())];
        expect(await Promise.all(both)).toEqual([
          { duplicate: false, kept: false },
          { duplicate: false, kept: false },
        ]);
      }
      expect(proxy.cuts()).toBe(5);
      expect(await journalOf(append.executionId)).toEqual([1, 2, 3, 4, 5, 6]);
    } finally {
      proxy.close();
    }
  });

  it('goes on under the next lease, whatever is heard late of the one before', async () => {
    const { commits, leaseId, fenced } = await open();
    commits.fence(leaseId);
    const next = await leases.take(randomUUID(), 60_000);
    commits.open(next);
    commits.fence(leaseId);
    expect(await commits.append(0, start())).toEqual({ duplicate: false, kept: false });
    expect(fenced).toEqual([leaseId]);
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AppError, startExecution } from '@rpa/contracts';
import type { MessageContext } from '@rpa/messaging';
import { createTestDatabase, eventually, type TestDatabase } from '@rpa/testing';
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { Database } from '../database/database.js';
import { Transactions } from '../database/transactions.js';
import { createLogger } from '../log/logger.js';
import { Idempotency, idempotencyMigration } from './idempotency.js';

class Rows1700000000001 implements MigrationInterface {
  up = (runner: QueryRunner) => runner.query('CREATE TABLE idem.rows (name text)');
  down = async () => undefined;
}

describe('Idempotency-Key', () => {
  const organizationId: string = randomUUID();
  let test: TestDatabase;
  let database: Database;
  let transactions: Transactions;
  let idempotency: Idempotency;

  beforeAll(async () => {
    test = await createTestDatabase('idempotency');
    database = await Database.open({
      url: test.url,
      schema: 'idem',
      poolSize: 4,
      entities: [],
      migrations: [idempotencyMigration('idem'), Rows1700000000001],
      requireDurable: false,
      service: 'auth',
      logger: createLogger({ service: 'auth', level: 'silent', format: 'json' }),
    });
    transactions = new Transactions(database);
    idempotency = new Idempotency(database, transactions, 'a secret');
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  const contextOf = (idempotencyKey: string, organization = organizationId): MessageContext => ({
    principal: { kind: 'service', service: 'gateway', organizationId: organization },
    requestId: null,
    idempotencyKey,
    traceparent: null,
  });
  const create = (key: string, body: object, organization?: string, fail?: Error) =>
    idempotency.once(startExecution, contextOf(key, organization), body, async () => {
      const id = randomUUID();
      await transactions.manager.query('INSERT INTO idem.rows VALUES ($1)', [key]);
      if (fail) throw fail;
      return { id, text: 'ä\u0000' };
    });
  const rows = async (name: string) =>
    (await database.pool.query('SELECT 1 FROM idem.rows WHERE name = $1', [name])).rowCount;

  it('answers a repeat with the first answer and does nothing again', async () => {
    const first = await create('a', { n: 1 });
    expect(await create('a', { n: 1 })).toEqual(first);
    expect(await rows('a')).toBe(1);
  });

  it('refuses the key with another body', async () => {
    await create('b', { n: 1 });
    await expect(create('b', { n: 2 })).rejects.toMatchObject({ code: 'idempotency_mismatch' });
    expect(await rows('b')).toBe(1);
  });

  it('keeps organizations apart', async () => {
    const [one, other] = [await create('c', { n: 1 }), await create('c', { n: 2 }, randomUUID())];
    expect(one).not.toEqual(other);
    expect(await rows('c')).toBe(2);
  });

  it('lets one of many first ones through and sends the others back', async () => {
    let release: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    let runs = 0;
    const slow = () =>
      idempotency.once(startExecution, contextOf('d'), { n: 1 }, async () => {
        runs++;
        await gate;
        return { done: true };
      });
    const first = slow();
    await eventually(() => expect(runs).toBe(1));
    for (const late of [slow(), slow(), slow()])
      await expect(late).rejects.toMatchObject({ code: 'idempotency_running' });
    release();
    expect(await first).toEqual({ done: true });
    expect(await slow()).toEqual({ done: true });
    expect(runs).toBe(1);
  });

  it('undoes key and row together when the work fails, so that a repeat works', async () => {
    const failure = new AppError('conflict', 'not now');
    await expect(create('e', { n: 1 }, organizationId, failure)).rejects.toBe(failure);
    expect(await rows('e')).toBe(0);
    await create('e', { n: 1 });
    expect(await rows('e')).toBe(1);
  });

  it('forgets after a day', async () => {
    const first = await create('f', { n: 1 });
    const age = `UPDATE idem.idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = 'f'`;
    await database.pool.query(age);
    const second = await create('f', { n: 2 });
    expect(second).not.toEqual(first);
    await database.pool.query(age);
    await database.pool.query(
      `INSERT INTO idem.idempotency_keys SELECT $1, 'old' || n, 'o', 'f', '{}', now() - interval '2 days'
         FROM generate_series(1, 12000) n`,
      [organizationId],
    );
    expect(await idempotency.forgetOld()).toBe(12_001);
    expect(await create('a', { n: 1 })).toMatchObject({ text: 'ä\u0000' });
    expect(await rows('a')).toBe(1);
  });

  it('refuses a key that is too long', async () => {
    await expect(create('x'.repeat(256), {})).rejects.toMatchObject({ code: 'validation_failed' });
  });
});

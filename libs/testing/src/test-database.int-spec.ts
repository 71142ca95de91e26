import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase } from './test-database.js';
import type { TestDatabase } from './test-database.js';

describe('createTestDatabase', () => {
  let one: TestDatabase;
  let other: TestDatabase;

  beforeAll(async () => {
    [one, other] = await Promise.all([createTestDatabase('Orders & more'), createTestDatabase('Orders & more')]);
  });
  afterAll(() => Promise.all([one.drop(), other.drop()]));

  const query = async (url: string, statement: string) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query<Record<string, string>>(statement)).rows;
    } finally {
      await client.end();
    }
  };

  it('makes databases that do not see each other', async () => {
    await query(one.url, 'CREATE TABLE orders (id int)');
    expect(await query(other.url, `SELECT to_regclass('orders') AS found`)).toEqual([{ found: null }]);
    expect(one.name).toMatch(/^orders_more_[0-9a-f]{12}$/);
  });

  it('drops one although somebody is connected', async () => {
    const gone = await createTestDatabase();
    const client = new pg.Client({ connectionString: gone.url });
    const lost = new Promise((resolve) => client.on('error', resolve));
    await client.connect();
    await gone.drop();
    await lost;
    await expect(query(gone.url, 'SELECT 1')).rejects.toThrow(/does not exist/);
  });
});

import type { Pool, PoolClient } from 'pg';
import type { Gate } from './held-start.js';

/** One transaction on a connection of its own; what it throws undoes it. */
export async function inTransaction<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: Error) => (broken = failure));
    throw error;
  } finally {
    client.release(broken);
  }
}

/** Nobody else, on any replica, counts at this gate until the transaction ends. Statements after it see what they did. */
export async function lockGate(client: PoolClient, { organizationId, stage, key }: Gate): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${stage} ${organizationId} ${key}`]);
}

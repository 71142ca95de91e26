import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { readTestEnvironment } from './test-environment.config.js';

const MAX_NAME = 40;

export interface TestDatabase {
  /** Connects as superuser. */
  readonly url: string;
  readonly name: string;
  /** Removes the database, whoever is still connected. */
  drop(): Promise<void>;
}

async function asSuperuser(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/**
 * An empty database on the run's own server, for one test file: files that run side by side do not
 * see each other's rows.
 * @param name shows up in the database's name, for looking around
 */
export async function createTestDatabase(name = 'test'): Promise<TestDatabase> {
  const { databaseUrl } = readTestEnvironment();
  const readable = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, MAX_NAME);
  const database = `${readable}_${randomBytes(6).toString('hex')}`;
  // Copying the files of an empty database takes a third of the time of logging them.
  await asSuperuser(databaseUrl, `CREATE DATABASE "${database}" TEMPLATE template0 STRATEGY file_copy`);
  const url = new URL(databaseUrl);
  url.pathname = `/${database}`;
  return {
    url: url.href,
    name: database,
    drop: () => asSuperuser(databaseUrl, `DROP DATABASE IF EXISTS "${database}" WITH (FORCE)`),
  };
}

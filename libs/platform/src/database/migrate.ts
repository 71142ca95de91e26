import { DataSource } from 'typeorm';
import pg from 'pg';

export interface MigrationOptions {
  url: string;
  schema: string;
  migrations: (new () => object)[];
  service: string;
}

/**
 * Brings a schema up to date. Replicas that start together wait for each other; connections of its own, so that neither
 * the pool's size nor its time limits (an index on a large table takes longer) stand in the way.
 */
export async function migrate({ url, schema, migrations, service }: MigrationOptions): Promise<void> {
  const lock = new pg.Client({ connectionString: url, application_name: `rpa-${service}-migrations`, keepAlive: true });
  // Told to whatever waits on the connection; without a listener it would end the process.
  lock.on('error', () => undefined);
  await lock.connect();
  try {
    // One lock for all schemas: `CREATE SCHEMA` and extension calls of different services would race as well.
    await lock.query("SELECT pg_advisory_lock(hashtext('rpa-migrations'))");
    await lock.query(`CREATE SCHEMA IF NOT EXISTS ${lock.escapeIdentifier(schema)}`);
    const source = new DataSource({
      type: 'postgres',
      url,
      schema,
      migrations,
      migrationsTableName: 'migrations',
      applicationName: `rpa-${service}-migrations`,
      poolSize: 1,
      logging: false,
      poolErrorHandler: () => undefined,
    });
    await source.initialize();
    try {
      await source.runMigrations({ transaction: 'each' });
    } finally {
      await source.destroy();
    }
  } finally {
    // Closing the session gives the lock back.
    await lock.end().catch(() => undefined);
  }
}

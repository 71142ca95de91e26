import { DataSource } from 'typeorm';
import pg from 'pg';

export interface MigrationOptions {
  url: string;
  /** Of the role that owns the schema, where the service itself works as another. */
  migrationsUrl?: string | null;
  schema: string;
  /** Tables whose rows the service's role may add and read, never change or delete. */
  appendOnly?: readonly string[];
  migrations: (new () => object)[];
  service: string;
}

/**
 * Brings a schema up to date. Replicas that start together wait for each other; connections of its own, so that neither
 * the pool's size nor its time limits (an index on a large table takes longer) stand in the way.
 */
export async function migrate(options: MigrationOptions): Promise<void> {
  const { schema, migrations, service } = options;
  const url = options.migrationsUrl ?? options.url;
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
    if (options.migrationsUrl) await grantRows(lock, options);
  } finally {
    // Closing the session gives the lock back.
    await lock.end().catch(() => undefined);
  }
}

/** Gives the role of the service the rows of its schema, and nothing that would let it change the tables. */
async function grantRows(owner: pg.Client, { url, schema, appendOnly = [] }: MigrationOptions): Promise<void> {
  const role = owner.escapeIdentifier(decodeURIComponent(new URL(url).username));
  const name = owner.escapeIdentifier(schema);
  const restrict = appendOnly.map((table) => `REVOKE UPDATE, DELETE, TRUNCATE ON ${name}.${table} FROM ${role};`);
  await owner.query(`
    BEGIN;
    GRANT USAGE ON SCHEMA ${name} TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${name} TO ${role};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${name} TO ${role};
    ${restrict.join('\n')}
    COMMIT`);
}

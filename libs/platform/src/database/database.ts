import { DataSource, type EntityTarget, type MixedList, type ObjectLiteral } from 'typeorm';
import type { Pool, PoolClient } from 'pg';
import type { CheckResult } from '../health/health.js';
import { isDatabaseAway } from '../errors/to-app-error.js';
import type { Logger } from '../log/logger.js';
import { migrate } from './migrate.js';

export interface DatabaseOptions {
  url: string;
  migrationsUrl?: string | null;
  appendOnly?: readonly string[];
  /** Schema that the service owns; nobody else reads or writes it. */
  schema: string;
  poolSize: number;
  entities: MixedList<EntityTarget<ObjectLiteral>> & MixedList<new () => object>;
  migrations: (new () => object)[];
  /** Refuse a server that could lose what it acknowledged. */
  requireDurable: boolean;
  service: string;
  logger: Logger;
}

const CONNECT_FOR_MS = 60_000;

/** A service's PostgreSQL: TypeORM for everything, and the pool beneath it for hand-written statements. */
export class Database {
  private constructor(
    readonly dataSource: DataSource,
    readonly schema: string,
  ) {}

  /** Connects (trying for a minute), checks durability, and migrates under a lock that replicas share. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const dataSource = new DataSource({
      type: 'postgres',
      url: options.url,
      schema: options.schema,
      entities: options.entities as (new () => object)[],
      applicationName: `rpa-${options.service}`,
      poolSize: options.poolSize,
      connectTimeoutMS: 2_000,
      logging: false,
      poolErrorHandler: (error: Error) => options.logger.warn({ err: error }, 'A database connection was lost'),
      extra: {
        idleTimeoutMillis: 30_000,
        keepAlive: true,
        statement_timeout: 30_000,
        idle_in_transaction_session_timeout: 30_000,
        lock_timeout: 10_000,
      },
    });
    await connect(dataSource, options);
    const database = new Database(dataSource, options.schema);
    watchConnections(database.pool, options.logger);
    try {
      if (options.requireDurable) await database.assertDurable();
      await migrate(options);
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  }

  /** The pool that TypeORM uses; hot-path statements take their connections from it. */
  get pool(): Pool {
    return (this.dataSource.driver as unknown as { master: Pool }).master;
  }

  async check(): Promise<CheckResult> {
    try {
      await this.pool.query('SELECT 1');
      return { ok: true };
    } catch (error) {
      return { ok: false, reason: isDatabaseAway(error) ? 'PostgreSQL is not reachable' : String(error) };
    }
  }

  async close(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }

  private async assertDurable(): Promise<void> {
    const { rows } = await this.pool.query<{ name: string; setting: string }>(
      `SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')`,
    );
    const off = rows.filter((row) => row.setting === 'off').map((row) => row.name);
    if (off.length > 0)
      throw new Error(
        `PostgreSQL could lose what it acknowledged: ${off.join(', ')} off. Turn it on, or set DATABASE_DURABILITY=unchecked where losing data is fine.`,
      );
  }
}

/**
 * A connection that breaks while somebody holds it fails that holder's statement; between two statements nobody listens,
 * and the unheard event would end the process.
 */
function watchConnections(pool: Pool, logger: Logger): void {
  const watched = new WeakSet<PoolClient>();
  pool.on('acquire', (client) => {
    if (watched.has(client)) return;
    watched.add(client);
    client.on('error', (error) => logger.warn({ err: error }, 'A database connection in use was lost'));
  });
}

async function connect(dataSource: DataSource, options: DatabaseOptions): Promise<void> {
  const until = Date.now() + CONNECT_FOR_MS;
  for (let tries = 0; ; tries++) {
    try {
      await dataSource.initialize();
      return;
    } catch (error) {
      if (!isDatabaseAway(error) || Date.now() > until) throw error;
      if (tries % 10 === 0) options.logger.warn('PostgreSQL is not reachable yet; trying again');
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}

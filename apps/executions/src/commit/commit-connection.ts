import { isDatabaseAway } from '@rpa/platform';
import type { Logger } from '@rpa/platform';
import pg from 'pg';
import type { QueryConfig, QueryResult, QueryResultRow } from 'pg';

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;
const SESSION = [
  // Plans are kept for the life of the connection: one made while the tables were small must still be right later.
  "SET plan_cache_mode = 'force_generic_plan'",
  'SET enable_seqscan = off',
  'SET enable_hashjoin = off',
  'SET enable_mergejoin = off',
  'SET jit = off',
  'SET statement_timeout = 30000',
  'SET lock_timeout = 10000',
].join('; ');

/** A connection of its own, with prepared statements; it comes back by itself after it was lost. */
export class CommitConnection {
  private client: pg.Client | null = null;
  private closed = false;

  constructor(
    private readonly url: string,
    private readonly name: string,
    private readonly logger: Logger,
  ) {}

  get connected(): boolean {
    return this.client !== null;
  }

  /** One attempt; an error of class "away" means that the outcome is not known. */
  async query<Row extends QueryResultRow>(query: QueryConfig): Promise<QueryResult<Row>> {
    const client = this.client ?? (await this.reconnect());
    try {
      return await client.query<Row>(query);
    } catch (error) {
      if (isDatabaseAway(error)) this.drop(client);
      throw error;
    }
  }

  async connect(): Promise<void> {
    if (!this.client) await this.reconnect();
  }

  /** Tries until it succeeds or the connection is closed. */
  async reconnect(): Promise<pg.Client> {
    for (let pause = FIRST_PAUSE_MS; !this.closed; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      const client = new pg.Client({
        connectionString: this.url,
        application_name: this.name,
        connectionTimeoutMillis: 2_000,
        keepAlive: true,
      });
      client.on('error', () => this.drop(client));
      try {
        await client.connect();
        await client.query(SESSION);
        this.client = client;
        return client;
      } catch (error) {
        void client.end().catch(() => undefined);
        this.logger.debug({ err: error }, 'PostgreSQL is not reachable for commits yet');
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
    throw new Error('Connection terminated: the replica has stopped.');
  }

  async close(): Promise<void> {
    this.closed = true;
    const { client } = this;
    this.client = null;
    await client?.end().catch(() => undefined);
  }

  private drop(client: pg.Client): void {
    if (this.client === client) this.client = null;
    void client.end().catch(() => undefined);
  }
}

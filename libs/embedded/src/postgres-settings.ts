/** Values of `postgresql.conf`; booleans become `on` and `off`. */
export type PostgresSettings = Readonly<Record<string, string | number | boolean>>;

/**
 * Suits an append-mostly journal beside other services on one machine: few, large checkpoints; no
 * statement, lock or forgotten transaction holds anything for ever; no compilation of short queries.
 */
const JOURNAL: PostgresSettings = {
  shared_buffers: '128MB',
  max_connections: 200,
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  jit: false,
  statement_timeout: '60s',
  lock_timeout: '10s',
  idle_in_transaction_session_timeout: '60s',
  // Reads are few and cached: the three I/O workers of the default would only take memory.
  io_method: 'sync',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Leaves out errors of statements: they are the caller's, and their details hold values of rows.
  log_min_messages: 'log',
  log_checkpoints: false,
};

/**
 * A power failure loses everything, a killed server nothing: `synchronous_commit` stays on, which costs little where
 * no commit waits for a disk.
 */
const DISPOSABLE: PostgresSettings = { fsync: false, full_page_writes: false };

export interface PostgresArguments {
  readonly cluster: string;
  readonly host: string;
  readonly port: number;
  readonly settings: PostgresSettings;
  readonly disposable: boolean;
}

/** The command line, in a stable order: a left-over server is adopted only when it was started with the same. */
export function postgresArguments(options: PostgresArguments): string[] {
  const settings: PostgresSettings = {
    ...JOURNAL,
    ...(options.disposable ? DISPOSABLE : {}),
    ...options.settings,
    listen_addresses: options.host,
    unix_socket_directories: '',
    port: options.port,
  };
  const values = Object.entries(settings).map(([name, value]) => {
    return `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`;
  });
  return ['-D', options.cluster, ...values.sort().flatMap((value) => ['-c', value])];
}

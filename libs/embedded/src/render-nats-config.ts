/** A password, or the environment variable of nats-server that holds it (not all digits: the server would read a number). */
export type NatsPassword = string | { readonly env: string };

/** One user and all that it may do: what is not listed is refused. */
export interface NatsUser {
  readonly user: string;
  readonly password: NatsPassword;
  /** Subjects, wildcards allowed; none: may publish nothing. */
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** May answer on the reply subject of a message it received: so many times, for so long (`5s`, `2m`). */
  readonly allowResponses?: { readonly max: number; readonly expires: string };
}

/** Who decides about the users that are not listed here, such as publishers from outside. */
export interface NatsAuthCallout {
  /** Public account nkey (`A...`) whose seed signs the answers. */
  readonly issuer: string;
  /** Public curve nkey (`X...`): requests are then encrypted for its owner. */
  readonly xkey?: string;
}

/** All that a server of ours needs to know; the same for the embedded one, compose and Kubernetes. */
export interface NatsServerConfig {
  readonly serverName: string;
  /** Address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Serves `/healthz` and statistics, unauthenticated; left out: not at all. */
  readonly monitoring?: { readonly host: string; readonly port: number };
  readonly storeDir: string;
  /** Bytes that streams in memory may take in all; default 128 MiB. */
  readonly maxMemoryBytes?: number;
  /** Bytes that streams in files may take in all; default 10 GiB. */
  readonly maxFileBytes?: number;
  /** Members of the account `RPA`; they never go through the callout. */
  readonly users: readonly NatsUser[];
  /** The only user of the account `SYS`, which sees the server and every account. */
  readonly system: { readonly user: string; readonly password: NatsPassword };
  readonly authCallout?: NatsAuthCallout;
  /** Left out: the server writes to its standard error. */
  readonly logFile?: string;
  readonly pidFile?: string;
}

export const NATS_ACCOUNT = 'RPA';
export const NATS_SYSTEM_ACCOUNT = 'SYS';
/** Bytes; a message of ours stays far below (DESIGN: 64 KiB), one from outside may be larger. */
export const NATS_MAX_PAYLOAD = 1024 * 1024;

const MEMORY_BYTES = 128 * 1024 * 1024;
const FILE_BYTES = 10 * 1024 * 1024 * 1024;
const LOG_BYTES = 10 * 1024 * 1024;

function quote(value: string): string {
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(value))
    throw new Error('A value of the nats-server configuration holds a control character.');
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

function password(value: NatsPassword): string {
  if (typeof value === 'string') return quote(value);
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(value.env))
    throw new Error(`${value.env} is no name of an environment variable.`);
  return `$${value.env}`;
}

function list(values: readonly string[]): string {
  return `[${values.map(quote).join(', ')}]`;
}

/** nats-server reads an empty allow list as no restriction. */
function allow(subjects: readonly string[]): string {
  return subjects.length > 0 ? `{ allow: ${list(subjects)} }` : '{ deny: [">"] }';
}

function renderUser(user: NatsUser): string {
  const responses = user.allowResponses;
  const permissions = [`publish: ${allow(user.publish)}`, `subscribe: ${allow(user.subscribe)}`];
  if (responses) permissions.push(`allow_responses: { max: ${responses.max}, expires: ${quote(responses.expires)} }`);
  return [
    '      {',
    `        user: ${quote(user.user)}, password: ${password(user.password)}`,
    '        permissions: {',
    ...permissions.map((line) => `          ${line}`),
    '        }',
    '      }',
  ].join('\n');
}

function renderCallout({ authCallout, users, system }: NatsServerConfig): string[] {
  if (!authCallout) return [];
  return [
    'authorization {',
    '  timeout: 5',
    '  auth_callout {',
    `    issuer: ${quote(authCallout.issuer)}`,
    `    account: ${NATS_ACCOUNT}`,
    `    auth_users: ${list([...users.map((user) => user.user), system.user])}`,
    ...(authCallout.xkey ? [`    xkey: ${quote(authCallout.xkey)}`] : []),
    '  }',
    '}',
  ];
}

function checkUsers({ users, system }: NatsServerConfig): void {
  const names = [...users.map((user) => user.user), system.user];
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`The NATS user ${twice} is listed twice.`);
  // Without any the server would let everybody in.
  if (users.length === 0) throw new Error('A nats-server needs at least one user.');
}

/**
 * The configuration file of nats-server (>= 2.14). Holds the passwords unless they are given as
 * environment variables: write it readable by its owner alone.
 */
export function renderNatsConfig(config: NatsServerConfig): string {
  checkUsers(config);
  const { monitoring, logFile, pidFile, system } = config;
  const lines = [
    `server_name: ${quote(config.serverName)}`,
    `listen: ${quote(`${config.host}:${config.port}`)}`,
    ...(monitoring ? [`http: ${quote(`${monitoring.host}:${monitoring.port}`)}`] : []),
    ...(pidFile ? [`pid_file: ${quote(pidFile)}`] : []),
    ...(logFile ? [`log_file: ${quote(logFile)}`, `logfile_size_limit: ${LOG_BYTES}`, 'logfile_max_num: 2'] : []),
    `max_payload: ${NATS_MAX_PAYLOAD}`,
    // A process that is frozen, not dead, keeps its place in the queue groups until it misses these pings: about 8 s.
    'ping_interval: "2s"',
    'ping_max: 3',
    '',
    'jetstream {',
    `  store_dir: ${quote(config.storeDir)}`,
    `  max_memory_store: ${config.maxMemoryBytes ?? MEMORY_BYTES}`,
    `  max_file_store: ${config.maxFileBytes ?? FILE_BYTES}`,
    '  sync_interval: always',
    '}',
    '',
    'accounts {',
    `  ${NATS_ACCOUNT} {`,
    '    jetstream: enabled',
    '    users: [',
    ...config.users.map(renderUser),
    '    ]',
    '  }',
    `  ${NATS_SYSTEM_ACCOUNT} {`,
    `    users: [{ user: ${quote(system.user)}, password: ${password(system.password)} }]`,
    '  }',
    '}',
    `system_account: ${NATS_SYSTEM_ACCOUNT}`,
    ...renderCallout(config),
  ];
  return `${lines.join('\n')}\n`;
}

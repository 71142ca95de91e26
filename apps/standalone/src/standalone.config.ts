import { resolve } from 'node:path';
import { defineConfig, flag, integer, list, oneOf, optionalText, text, type ConfigOf } from '@rpa/platform';

/** What the launcher itself needs; everything else in the environment is handed on to the services. */
export const standaloneConfig = defineConfig({
  dataDir: text('DATA_DIR', { description: 'Folder of everything that must survive a restart', default: '.data' }),
  host: text('HOST', { description: 'Address of the HTTP door', default: '127.0.0.1' }),
  port: integer('PORT', { description: 'Port of the HTTP door', default: 3000, min: 1, max: 65_535 }),
  databaseUrl: optionalText('DATABASE_URL', {
    description: 'PostgreSQL to use instead of the embedded one',
    secret: true,
  }),
  natsUrl: optionalText('NATS_URL', { description: 'NATS server to use instead of the embedded one' }),
  natsPort: integer('NATS_PORT', {
    description: 'Port of the embedded NATS server; 0: 4222 if free, else any',
    default: 0,
    min: 0,
    max: 65_535,
  }),
  egressAllow: list('EGRESS_ALLOW', { description: 'Holes in the egress guard: host[:port] or CIDR' }),
  demo: flag('DEMO', { description: 'Make a demo organization when the database is empty', default: true }),
  logLevel: oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    description: 'Least severe log line that is written',
    default: 'warn',
  }),
  logFormat: oneOf('LOG_FORMAT', ['json', 'pretty'], { description: 'Form of the log lines', default: 'pretty' }),
});

export type StandaloneConfig = ConfigOf<typeof standaloneConfig.variables>;
export type Environment = Record<string, string | undefined>;

/** The environment as it is handed on to services. */
export function inheritedEnvironment(): Environment {
  return { ...process.env };
}

/** Folder of the data, as an absolute path. */
export function dataDirOf(config: StandaloneConfig): string {
  return resolve(config.dataDir);
}

/** Where this machine reaches the HTTP door. */
export function localUrl(config: StandaloneConfig): string {
  const host = ['0.0.0.0', '::', '::0'].includes(config.host) ? '127.0.0.1' : config.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${config.port}`;
}

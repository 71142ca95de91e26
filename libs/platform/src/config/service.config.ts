import type { ServiceName } from '@rpa/contracts';
import { integer, list, oneOf, optionalText, text, type ConfigOf } from './define-config.js';

/** `credentials-vault` -> `CREDENTIALS_VAULT`. */
export function environmentPrefix(service: ServiceName): string {
  return service.toUpperCase().replaceAll('-', '_');
}

/** Variables that every service has. `probePort` 0 takes a free port, which standalone does. */
export function serviceVariables(service: ServiceName, probePort: number) {
  return {
    probePort: integer(`${environmentPrefix(service)}_PORT`, {
      description: `Port of /health/live, /health/ready and /metrics of ${service}; 0 takes a free one`,
      default: probePort,
      min: 0,
      max: 65_535,
    }),
    probeHost: text('PROBE_HOST', { description: 'Address that the probes listen on', default: '127.0.0.1' }),
    natsUrl: list('NATS_URL', { description: 'NATS servers, comma separated', default: 'nats://127.0.0.1:4222' }),
    natsUser: text('NATS_USER', { description: 'NATS user of the service', default: service }),
    natsPassword: text('NATS_PASSWORD', { description: 'Password of the NATS user', secret: true }),
    identityKey: text('IDENTITY_KEY', {
      description: 'Private key (P-256, PKCS #8 PEM) by which the service signs in its own name',
      secret: true,
    }),
    trustedKeys: text('TRUSTED_KEYS', {
      description: 'Public keys of all services (JWKS; kid is <service>:<thumbprint>)',
      secret: true,
    }),
    maxInFlight: integer('MAX_IN_FLIGHT', {
      description: 'Messages that the service works on at once; more are answered with 503',
      default: 2_000,
      min: 1,
      max: 100_000,
    }),
    logLevel: oneOf('LOG_LEVEL', ['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
      description: 'Least severe log line that is written',
      default: 'info',
    }),
    logFormat: oneOf('LOG_FORMAT', ['json', 'pretty'], { description: 'Form of the log lines', default: 'json' }),
    otlpEndpoint: optionalText('OTEL_EXPORTER_OTLP_ENDPOINT', {
      description: 'Where traces are sent (OTLP over HTTP); without it they are only propagated',
    }),
  };
}

/** Variables of a service that keeps rows. */
export function databaseVariables(poolSize: number) {
  return {
    databaseUrl: text('DATABASE_URL', {
      description: 'PostgreSQL, e.g. postgres://user:password@host/rpa',
      secret: true,
    }),
    migrationsUrl: optionalText('DATABASE_MIGRATIONS_URL', {
      description:
        'The same database as the role that owns the schema; with it the service itself works as a role that may only read and write rows',
      secret: true,
    }),
    dbPoolSize: integer('DB_POOL_SIZE', {
      description: 'Connections to PostgreSQL per service',
      default: poolSize,
      min: 1,
      max: 200,
    }),
    unsafeDatabase: oneOf('DATABASE_DURABILITY', ['required', 'unchecked'], {
      description: 'required: refuse to start when fsync, full_page_writes or synchronous_commit is off',
      default: 'required',
    }),
  };
}

export type ServiceConfig = ConfigOf<ReturnType<typeof serviceVariables>>;
export type DatabaseConfig = ConfigOf<ReturnType<typeof databaseVariables>>;

import { join } from 'node:path';
import type { ServiceName } from '@rpa/contracts';
import { environmentPrefix, secretsEnvironment } from '@rpa/platform';
import type { DatabaseUrls } from './database-roles.js';
import type { Servers } from './start-servers.js';
import { dataDirOf, type Environment, type StandaloneConfig } from './standalone.config.js';

/** Secrets of the installation that no service may inherit from the launcher's own environment. */
const LAUNCHER_ONLY = ['DATA_DIR', 'NATS_PORT', 'DEMO'];

/**
 * The environment of one service: what the operator set, where the servers are, and the service's own secrets. `probePort`
 * 0 takes a free port.
 */
export function serviceEnvironment(
  service: ServiceName,
  config: StandaloneConfig,
  servers: Servers,
  inherited: Environment,
  more: { probePort: number; egressAllow: string[] },
): Environment {
  const portName = `${environmentPrefix(service)}_PORT`;
  const environment: Environment = {
    ...inherited,
    [portName]: inherited[portName] ?? String(more.probePort),
    HOST: config.host,
    PORT: String(config.port),
    PUBLIC_URL: inherited['PUBLIC_URL'] ?? `http://localhost:${config.port}`,
    NATS_URL: servers.natsUrl,
    ...databaseEnvironment(service, servers.database),
    LOG_LEVEL: config.logLevel,
    LOG_FORMAT: config.logFormat,
    EGRESS_ALLOW: [...config.egressAllow, ...more.egressAllow].join(','),
    STORAGE_DIR: inherited['STORAGE_DIR'] ?? join(dataDirOf(config), 'files'),
    ...secretsEnvironment(servers.secrets, service),
  };
  for (const name of LAUNCHER_ONLY) delete environment[name];
  return environment;
}

function databaseEnvironment(service: ServiceName, { url, auth }: DatabaseUrls): Environment {
  if (service !== 'auth' || !auth) return { DATABASE_URL: url };
  return { DATABASE_URL: auth.url, DATABASE_MIGRATIONS_URL: auth.migrationsUrl };
}

import type { ServiceName } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Audit } from '../audit/audit.js';
import type { ServiceConfig } from '../config/service.config.js';
import type { Database } from '../database/database.js';
import type { Transactions } from '../database/transactions.js';
import type { Health } from '../health/health.js';
import type { Logger } from '../log/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Identity } from '../principal/identity.js';
import type { ServiceDoor } from '../door/service-door.js';

/** What every service stands on, made before its Nest application. `database` only in services that keep rows. */
export interface ServiceContext<Config extends ServiceConfig = ServiceConfig> {
  service: ServiceName;
  config: Config;
  logger: Logger;
  metrics: Metrics;
  health: Health;
  identity: Identity;
  bus: Bus;
  door: ServiceDoor;
  database: Database | null;
  transactions: Transactions | null;
  /** Where it is recorded what was done; only in services that keep rows. */
  audit: Audit | null;
}

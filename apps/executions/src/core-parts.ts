import type { Bus } from '@rpa/messaging';
import type { Database, Health, Identity, Logger, Metrics, Transactions } from '@rpa/platform';
import type { ExecutionsConfig } from './executions.config.js';

/** What a replica is given by the process that it lives in. */
export interface CoreParts {
  config: ExecutionsConfig;
  logger: Logger;
  bus: Bus;
  database: Database;
  transactions: Transactions;
  identity: Identity;
  metrics: Metrics;
  health: Health;
}

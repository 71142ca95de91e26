import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import type { CancelExecution } from '../control/cancel-execution.js';
import type { ExecutionsRepository } from '../read/executions.repository.js';
import type { RerunExecution } from '../rerun/rerun-execution.js';
import { BulkOperationsRepository } from './bulk-operations.repository.js';
import { FindExecutions } from './find-executions.js';
import { RequestBulk } from './request-bulk.js';
import { RunBulk } from './run-bulk.js';

/** Operations on many executions. */
export interface Bulk {
  request: RequestBulk;
  run: RunBulk;
}

export interface BulkParts {
  pool: Pool;
  executions: ExecutionsRepository;
  cancel: CancelExecution;
  rerun: RerunExecution;
  replica: string;
  logger: Logger;
}

export function createBulk({ pool, executions, ...rest }: BulkParts): Bulk {
  const bulks = new BulkOperationsRepository(pool);
  const find = new FindExecutions(executions);
  const run = new RunBulk({ bulks, find, ...rest });
  return { request: new RequestBulk(bulks, find, () => run.wake()), run };
}

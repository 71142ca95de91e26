import { Audit, type Database, type Transactions } from '@rpa/platform';
import { InboxRepository } from './inbox/inbox.repository.js';
import { JournalRepository } from './journal/journal.repository.js';
import { LeasesRepository } from './lease/leases.repository.js';
import { LogsRepository } from './logs/logs.repository.js';
import { RunsRepository } from './ownership/runs.repository.js';
import { OnFailureStartsRepository } from './on-failure/on-failure-starts.repository.js';
import { ExecutionsRepository } from './read/executions.repository.js';
import { AdoptionsRepository } from './rerun/adoptions.repository.js';
import { ChangesRepository } from './stream/changes.repository.js';
import { PositionsRepository } from './stream/positions.repository.js';

/** Everything that reads and writes rows outside of the commit of a run. */
export interface Stores {
  journal: JournalRepository;
  inbox: InboxRepository;
  leases: LeasesRepository;
  runs: RunsRepository;
  executions: ExecutionsRepository;
  adoptions: AdoptionsRepository;
  onFailure: OnFailureStartsRepository;
  logs: LogsRepository;
  changes: ChangesRepository;
  positions: PositionsRepository;
}

export function createStores(database: Database, transactions: Transactions): Stores {
  const { pool } = database;
  return {
    journal: new JournalRepository(pool),
    inbox: new InboxRepository(pool, new Audit(database, transactions)),
    leases: new LeasesRepository(pool),
    runs: new RunsRepository(pool),
    executions: new ExecutionsRepository(transactions),
    adoptions: new AdoptionsRepository(pool),
    onFailure: new OnFailureStartsRepository(pool),
    logs: new LogsRepository(pool),
    changes: new ChangesRepository(pool),
    positions: new PositionsRepository(pool),
  };
}

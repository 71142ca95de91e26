import type { LoadPlan } from '../start/load-plan.js';
import type { Stores } from '../stores.js';
import { ReadLogs } from '../logs/read-logs.js';
import { FollowChanges } from '../stream/follow-changes.js';
import { FollowJournal } from '../stream/follow-journal.js';
import type { PositionsRepository } from '../stream/positions.repository.js';
import { GetExecution } from './get-execution.js';
import { ListExecutions } from './list-executions.js';
import { ListSteps } from './list-steps.js';
import { ReadJournal } from './read-journal.js';
import { ReadSteps } from './read-steps.js';

/** The use cases that only read. */
export interface Readers {
  get: GetExecution;
  list: ListExecutions;
  steps: ListSteps;
  journal: ReadJournal;
  logs: ReadLogs;
  follow: FollowJournal;
  changes: FollowChanges;
  positions: PositionsRepository;
}

export function createReaders(stores: Stores, plans: LoadPlan): Readers {
  const { executions, journal, logs } = stores;
  const steps = new ReadSteps(journal, plans);
  return {
    get: new GetExecution(executions, steps),
    list: new ListExecutions(executions),
    steps: new ListSteps(executions, steps),
    journal: new ReadJournal(executions, journal),
    logs: new ReadLogs(executions, logs),
    follow: new FollowJournal(executions, journal),
    changes: new FollowChanges(stores.changes),
    positions: stores.positions,
  };
}

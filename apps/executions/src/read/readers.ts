import type { LoadPlan } from '../start/load-plan.js';
import type { Stores } from '../stores.js';
import { ReadLogs } from '../logs/read-logs.js';
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
}

export function createReaders({ executions, journal, logs }: Stores, plans: LoadPlan): Readers {
  const steps = new ReadSteps(journal, plans);
  return {
    get: new GetExecution(executions, steps),
    list: new ListExecutions(executions),
    steps: new ListSteps(executions, steps),
    journal: new ReadJournal(executions, journal),
    logs: new ReadLogs(executions, logs),
  };
}

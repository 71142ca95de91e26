import { AppError } from '@rpa/contracts';
import { foldRecord, restoreState, type Plan, type RunState } from '@rpa/engine';
import type { RunHost } from '../runs/run-host.js';
import type { LoadPlan } from '../start/load-plan.js';
import type { History, JournalRepository } from './journal.repository.js';

/** The state of one run, wherever it is: of memory, or of its snapshot and the journal after that. */
export class ReadState {
  constructor(
    private readonly journal: JournalRepository,
    private readonly plans: LoadPlan,
    private readonly host: RunHost,
  ) {}

  async execute(
    organizationId: string,
    { id, versionId }: { id: string; versionId: string },
  ): Promise<{ plan: Plan; state: RunState }> {
    const run = this.host.get(id);
    if (run) return { plan: run.plan, state: run.state };
    const plan = await this.plans.execute(organizationId, versionId);
    const history = (await this.journal.histories([id])).get(id);
    if (history && history.snapshot === null && history.records.length === 0)
      throw new AppError('conflict', 'The execution waits for its turn and has not begun.');
    return { plan, state: foldHistory(plan, id, history) };
  }
}

export function foldHistory(plan: Plan, executionId: string, history: History | undefined): RunState {
  let state = history && history.snapshot !== null ? restoreState(plan, history.snapshot) : undefined;
  for (const record of history?.records ?? []) state = foldRecord(plan, state, record);
  if (!state) throw new Error(`The execution ${executionId} has no journal.`);
  return state;
}

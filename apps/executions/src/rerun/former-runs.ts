import {
  AppError,
  isTerminal,
  type ExecutionStatus,
  type JournalRecord,
  type ResolveVersionReply,
} from '@rpa/contracts';
import type { StartInput } from '@rpa/engine';
import type { ExecutionEntity } from '@rpa/entities/executions';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { ExecutionsRepository } from '../read/executions.repository.js';

/** An ended run, as far as another one repeats it. */
export interface FormerRun {
  row: ExecutionEntity;
  /** What it was started with. */
  start: Omit<StartInput, 'at'>;
  version: ResolveVersionReply;
}

export class FormerRuns {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly journal: JournalRepository,
  ) {}

  async get(organizationId: string, id: string): Promise<FormerRun> {
    const row = await this.executions.get(organizationId, id);
    if (!isTerminal(row.status as ExecutionStatus))
      throw new AppError(
        'conflict',
        `The execution is ${row.status}; cancel it, or wait for its end, to run it again.`,
      );
    const [first] = await this.journal.page(id, 0, 1);
    if (first?.type !== 'execution_started')
      throw new AppError('conflict', 'The journal of the execution is not kept any more; start its workflow instead.');
    const start = startOf(first);
    const { id: workflowId, key: workflowKey, name: workflowName, version } = start.workflow;
    const { versionId } = row;
    return { row, start, version: { workflowId, workflowKey, workflowName, versionId, version, draft: version === 0 } };
  }
}

function startOf({ data }: JournalRecord): FormerRun['start'] {
  return data as unknown as FormerRun['start'];
}

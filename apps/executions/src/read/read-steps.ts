import type { JournalRecord, StepView } from '@rpa/contracts';
import { projectSteps, type Plan } from '@rpa/engine';
import type { ExecutionEntity } from '@rpa/entities/executions';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { LoadPlan } from '../start/load-plan.js';

/** What the steps of a run have come to, straight from its journal: the same for live runs, of whichever replica. */
export class ReadSteps {
  constructor(
    private readonly journal: JournalRepository,
    private readonly plans: LoadPlan,
  ) {}

  async execute(row: ExecutionEntity, parent?: string): Promise<StepView[]> {
    const [records, plan] = await Promise.all([this.journal.ofSteps(row.id, parent), this.plan(row)]);
    // Its time was over: what became of the steps is not known any more.
    if (records.length === 0 && row.status !== 'pending') return [];
    return projectSteps(records satisfies JournalRecord[], {
      ...(plan && { plan }),
      ...(parent !== undefined && { parent }),
    });
  }

  /** Without the workflows service the steps are still told, only not those that were never reached. */
  private async plan(row: ExecutionEntity): Promise<Plan | null> {
    try {
      return await this.plans.execute(row.organizationId, row.versionId);
    } catch {
      return null;
    }
  }
}

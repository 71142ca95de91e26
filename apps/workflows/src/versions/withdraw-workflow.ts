import { Injectable } from '@nestjs/common';
import { workflowArchived, workflowUnpublished, type Principal, type WorkflowView } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { resourceOf, toAudited, toView } from '../workflows/workflow-view.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';

const ACTIONS = { draft: 'workflow.unpublished', archived: 'workflow.archived' } as const;
const EVENTS = { draft: workflowUnpublished, archived: workflowArchived } as const;

/** Takes a workflow out of use: nothing starts any more, runs go on. */
@Injectable()
export class WithdrawWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly transactions: Transactions,
    private readonly bus: Bus,
    private readonly audit: Audit,
  ) {}

  /** `draft`: the published version is taken back; `archived`: the whole workflow is put aside. */
  async execute(principal: Principal | null, id: string, status: keyof typeof EVENTS): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    const { workflow, changed } = await this.transactions.run(async () => {
      const row = await this.workflows.getWithDraft(organizationId, id, true);
      // Unpublishing what is archived would bring it back to life.
      const done = row.status === status || (status === 'draft' && row.status === 'archived');
      if (done) return { workflow: row, changed: false };
      await this.workflows.change(organizationId, id, row.revision, { status, publishedVersion: null });
      const after = await this.workflows.getWithDraft(organizationId, id);
      const [was, is] = [toAudited(row), toAudited(after)];
      await this.audit.record({ action: ACTIONS[status], resource: resourceOf(row), before: was, after: is });
      return { workflow: after, changed: true };
    });
    if (changed)
      this.bus.emit(EVENTS[status], organizationId, {
        workflowId: id,
        workflowKey: workflow.key,
        version: null,
        at: new Date().toISOString(),
      });
    return toView(workflow);
  }
}

import { Injectable } from '@nestjs/common';
import { AppError, workflowDeleted, type Principal, type WorkflowView } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Audit, organizationOf, sqlState, Transactions } from '@rpa/platform';
import { resourceOf, toAudited, toView } from './workflow-view.js';
import { WorkflowsRepository } from './workflows.repository.js';

/** Soft: versions stay and runs go on, but nothing new starts. */
@Injectable()
export class DeleteWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly transactions: Transactions,
    private readonly bus: Bus,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, id: string): Promise<void> {
    const organizationId = organizationOf(principal);
    const row = await this.transactions.run(async () => {
      const found = await this.workflows.get(organizationId, id);
      await this.workflows.softDelete(organizationId, id);
      const resource = resourceOf(found);
      await this.audit.record({ action: 'workflow.deleted', resource, before: toAudited(found) });
      return found;
    });
    this.bus.emit(workflowDeleted, organizationId, {
      workflowId: id,
      workflowKey: row.key,
      version: null,
      at: new Date().toISOString(),
    });
  }

  async restore(principal: Principal | null, id: string): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    try {
      await this.transactions.run(async () => {
        const row = await this.workflows.restore(organizationId, id);
        await this.audit.record({ action: 'workflow.restored', resource: resourceOf(row), after: toAudited(row) });
      });
    } catch (error) {
      if (sqlState(error) === '23505')
        throw new AppError(
          'already_exists',
          'Another workflow has taken the key since; delete or change that one first.',
        );
      throw error;
    }
    return toView(await this.workflows.getWithDraft(organizationId, id));
  }
}

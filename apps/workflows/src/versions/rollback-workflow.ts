import { Injectable } from '@nestjs/common';
import { workflowPublished, type Principal, type RollbackWorkflowRequest, type WorkflowView } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { resourceOf, toView } from '../workflows/workflow-view.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';
import { VersionsRepository } from './versions.repository.js';

/** Publishes an earlier version again and makes it the draft, so that editing goes on from what runs. */
@Injectable()
export class RollbackWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly transactions: Transactions,
    private readonly bus: Bus,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, request: RollbackWorkflowRequest): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    const workflow = await this.transactions.run(async () => {
      const row = await this.workflows.getWithDraft(organizationId, request.id, true);
      const version = await this.versions.get(organizationId, request.id, request.version);
      await this.workflows.change(organizationId, row.id, row.revision, {
        status: 'published',
        publishedVersion: version.number,
        draft: version.definition,
      });
      await this.audit.record({
        action: 'workflow.rolled_back',
        resource: resourceOf(row),
        before: { version: row.publishedVersion },
        after: { version: version.number },
      });
      return this.workflows.getWithDraft(organizationId, row.id);
    });
    this.bus.emit(workflowPublished, organizationId, {
      workflowId: workflow.id,
      workflowKey: workflow.key,
      version: request.version,
      at: new Date().toISOString(),
    });
    return toView(workflow);
  }
}

import { Injectable } from '@nestjs/common';
import type { Principal, SaveDraftRequest, UpdateWorkflowRequest, WorkflowView } from '@rpa/contracts';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { CheckDefinition, issuesOf, type DefinitionCheck } from '../definition/check-definition.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { resourceOf, toAudited, toView } from './workflow-view.js';
import { WorkflowsRepository, type WorkflowChange } from './workflows.repository.js';

@Injectable()
export class ChangeWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly check: CheckDefinition,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  /** Name, description or draft; a draft that comes this way must be fit to publish. */
  async update(principal: Principal | null, request: UpdateWorkflowRequest): Promise<WorkflowView> {
    const change: WorkflowChange = {
      ...(request.name !== undefined && { name: request.name }),
      ...(request.description !== undefined && { description: request.description }),
    };
    let check: DefinitionCheck | undefined;
    if (request.definition !== undefined) {
      change.draft = parseDefinition(request.definition);
      check = await this.check.assertValid(principal, change.draft);
    }
    return this.write(principal, request, change, { action: 'workflow.updated', check });
  }

  /** Whatever stands in the editor; what is wrong with it is answered, not refused. */
  async saveDraft(principal: Principal | null, request: SaveDraftRequest): Promise<WorkflowView> {
    const draft = parseDefinition(request.definition);
    const check = await this.check.execute(principal, draft);
    return this.write(principal, request, { draft }, { action: 'workflow.draft_saved', check });
  }

  private async write(
    principal: Principal | null,
    { id, revision }: { id: string; revision: number },
    change: WorkflowChange,
    { action, check }: { action: string; check: DefinitionCheck | undefined },
  ): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    const row = await this.transactions.run(async () => {
      const before = await this.workflows.get(organizationId, id);
      await this.workflows.change(organizationId, id, revision, change);
      const after = await this.workflows.getWithDraft(organizationId, id);
      const resource = resourceOf(after);
      await this.audit.record({ action, resource, before: toAudited(before), after: toAudited(after) });
      return after;
    });
    return toView(row, check && issuesOf(check));
  }
}

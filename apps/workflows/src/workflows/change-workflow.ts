import { Injectable } from '@nestjs/common';
import type { Principal, SaveDraftRequest, UpdateWorkflowRequest, WorkflowView } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { CheckDefinition, issuesOf, type DefinitionCheck } from '../definition/check-definition.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { toView } from './workflow-view.js';
import { WorkflowsRepository, type WorkflowChange } from './workflows.repository.js';

@Injectable()
export class ChangeWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly check: CheckDefinition,
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
    return this.write(principal, request, change, check);
  }

  /** Whatever stands in the editor; what is wrong with it is answered, not refused. */
  async saveDraft(principal: Principal | null, request: SaveDraftRequest): Promise<WorkflowView> {
    const draft = parseDefinition(request.definition);
    return this.write(principal, request, { draft }, await this.check.execute(principal, draft));
  }

  private async write(
    principal: Principal | null,
    { id, revision }: { id: string; revision: number },
    change: WorkflowChange,
    check: DefinitionCheck | undefined,
  ): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    await this.workflows.change(organizationId, id, revision, change);
    const row = await this.workflows.getWithDraft(organizationId, id);
    return toView(row, check && issuesOf(check));
  }
}

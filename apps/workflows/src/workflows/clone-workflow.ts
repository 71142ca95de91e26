import { Injectable } from '@nestjs/common';
import type { CloneWorkflowRequest, Principal, WorkflowView } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { CreateWorkflow } from './create-workflow.js';
import { WorkflowsRepository } from './workflows.repository.js';

const MAX_NAME = 200;
const SUFFIX = ' (copy)';

@Injectable()
export class CloneWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly create: CreateWorkflow,
  ) {}

  async execute(principal: Principal | null, request: CloneWorkflowRequest): Promise<WorkflowView> {
    const original = await this.workflows.getWithDraft(organizationOf(principal), request.id);
    return this.create.insert(principal, {
      name: request.name ?? `${original.name.slice(0, MAX_NAME - SUFFIX.length)}${SUFFIX}`,
      key: request.key,
      description: original.description,
      draft: original.draft,
      action: 'workflow.cloned',
    });
  }
}

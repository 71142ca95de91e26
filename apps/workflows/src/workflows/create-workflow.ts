import { Injectable } from '@nestjs/common';
import {
  AppError,
  type CreateWorkflowRequest,
  type DefinitionIssue,
  type JsonObject,
  type Principal,
  type WorkflowView,
} from '@rpa/contracts';
import { Audit, organizationOf, sqlState, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { CheckDefinition, issuesOf } from '../definition/check-definition.js';
import { parseDefinition } from '../definition/parse-definition.js';
import { freeKey, keyFromName } from './workflow-key.js';
import { resourceOf, toAudited, toView } from './workflow-view.js';
import { WorkflowsRepository } from './workflows.repository.js';

export interface NewWorkflow {
  name: string;
  key?: string | undefined;
  description?: string | undefined;
  draft: JsonObject;
  issues?: DefinitionIssue[];
  /** How it came to be, for the audit log. */
  action: 'workflow.created' | 'workflow.cloned' | 'workflow.imported';
}

@Injectable()
export class CreateWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly check: CheckDefinition,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, request: CreateWorkflowRequest): Promise<WorkflowView> {
    const definition = parseDefinition(request.definition);
    const check = request.draft
      ? await this.check.execute(principal, definition)
      : await this.check.assertValid(principal, definition);
    return this.insert(principal, {
      name: request.name,
      key: request.key,
      description: request.description,
      draft: definition,
      issues: issuesOf(check),
      action: 'workflow.created',
    });
  }

  /** Stores a new workflow; a key that was not asked for by name gives way to those that exist. */
  async insert(principal: Principal | null, workflow: NewWorkflow): Promise<WorkflowView> {
    const organizationId = organizationOf(principal);
    const wanted = workflow.key ?? keyFromName(workflow.name);
    const taken = await this.workflows.keysLike(organizationId, wanted);
    if (workflow.key && taken.includes(wanted)) throw keyTaken(wanted);
    const key = workflow.key ?? freeKey(wanted, taken);
    try {
      const row = await this.transactions.run(async () => {
        const created = await this.workflows.insert(organizationId, {
          id: uuidv7(),
          name: workflow.name,
          key,
          description: workflow.description ?? '',
          draft: workflow.draft,
          createdBy: principal?.kind === 'user' ? principal.userId : null,
        });
        const { action } = workflow;
        await this.audit.record({ action, resource: resourceOf(created), after: toAudited(created) });
        return created;
      });
      return toView({ ...row, draft: workflow.draft }, workflow.issues);
    } catch (error) {
      if (sqlState(error) === '23505') throw keyTaken(key);
      throw error;
    }
  }
}

function keyTaken(key: string): AppError {
  return new AppError('already_exists', `A workflow with the key '${key}' exists.`, {
    errors: [{ path: 'key', code: 'already_exists', message: `another workflow has the key '${key}'` }],
  });
}

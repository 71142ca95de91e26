import {
  cloneWorkflow,
  createWorkflow,
  deleteWorkflow,
  exportWorkflow,
  findCredentialUsers,
  getWorkflow,
  importWorkflow,
  listWorkflows,
  restoreWorkflow,
  saveDraft,
  updateWorkflow,
  type ByIdRequest,
  type CloneWorkflowRequest,
  type CreateWorkflowRequest,
  type DoneReply,
  type ExportWorkflowReply,
  type ExportWorkflowRequest,
  type FindByCredentialRequest,
  type FindCredentialUsersReply,
  type ImportWorkflowReply,
  type ImportWorkflowRequest,
  type ListWorkflowsReply,
  type ListWorkflowsRequest,
  type SaveDraftRequest,
  type UpdateWorkflowRequest,
  type WorkflowView,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ChangeWorkflow } from './change-workflow.js';
import { CloneWorkflow } from './clone-workflow.js';
import { CreateWorkflow } from './create-workflow.js';
import { DeleteWorkflow } from './delete-workflow.js';
import { ExportWorkflow } from './export-workflow.js';
import { FindCredentialUsers } from './find-credential-users.js';
import { ImportWorkflow } from './import-workflow.js';
import { toSummary, toView } from './workflow-view.js';
import { WorkflowsRepository } from './workflows.repository.js';

@Messages()
export class WorkflowsMessages {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly creating: CreateWorkflow,
    private readonly changing: ChangeWorkflow,
    private readonly deleting: DeleteWorkflow,
    private readonly cloning: CloneWorkflow,
    private readonly importing: ImportWorkflow,
    private readonly exporting: ExportWorkflow,
    private readonly finding: FindCredentialUsers,
  ) {}

  @Handles(createWorkflow)
  create(request: CreateWorkflowRequest, context: MessageContext): Promise<WorkflowView> {
    return this.creating.execute(context.principal, request);
  }

  @Handles(listWorkflows)
  async list(request: ListWorkflowsRequest, context: MessageContext): Promise<ListWorkflowsReply> {
    const page = await this.workflows.page(organizationOf(context.principal), request);
    return { data: page.data.map(toSummary), nextCursor: page.nextCursor };
  }

  @Handles(getWorkflow)
  async get(request: ByIdRequest, context: MessageContext): Promise<WorkflowView> {
    return toView(await this.workflows.getWithDraft(organizationOf(context.principal), request.id));
  }

  @Handles(updateWorkflow)
  update(request: UpdateWorkflowRequest, context: MessageContext): Promise<WorkflowView> {
    return this.changing.update(context.principal, request);
  }

  @Handles(saveDraft)
  saveDraft(request: SaveDraftRequest, context: MessageContext): Promise<WorkflowView> {
    return this.changing.saveDraft(context.principal, request);
  }

  @Handles(deleteWorkflow)
  async delete(request: ByIdRequest, context: MessageContext): Promise<DoneReply> {
    await this.deleting.execute(context.principal, request.id);
    return {};
  }

  @Handles(restoreWorkflow)
  restore(request: ByIdRequest, context: MessageContext): Promise<WorkflowView> {
    return this.deleting.restore(context.principal, request.id);
  }

  @Handles(cloneWorkflow)
  clone(request: CloneWorkflowRequest, context: MessageContext): Promise<WorkflowView> {
    return this.cloning.execute(context.principal, request);
  }

  @Handles(importWorkflow)
  import(request: ImportWorkflowRequest, context: MessageContext): Promise<ImportWorkflowReply> {
    return this.importing.execute(context.principal, request);
  }

  @Handles(exportWorkflow)
  export(request: ExportWorkflowRequest, context: MessageContext): Promise<ExportWorkflowReply> {
    return this.exporting.execute(context.principal, request);
  }

  @Handles(findCredentialUsers)
  findByCredential({ key }: FindByCredentialRequest, context: MessageContext): Promise<FindCredentialUsersReply> {
    return this.finding.execute(organizationOf(context.principal), key);
  }
}

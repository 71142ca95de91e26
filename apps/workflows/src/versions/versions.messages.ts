import {
  archiveWorkflow,
  diffVersions,
  getVersion,
  listVersions,
  publishWorkflow,
  rollbackWorkflow,
  unpublishWorkflow,
  validateWorkflow,
  type ByIdRequest,
  type DiffVersionsReply,
  type DiffVersionsRequest,
  type GetVersionRequest,
  type ListVersionsReply,
  type ListVersionsRequest,
  type PublishWorkflowRequest,
  type RollbackWorkflowRequest,
  type ValidateDefinitionReply,
  type ValidateDefinitionRequest,
  type VersionView,
  type WorkflowView,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ValidateDefinition } from '../definition/validate-definition.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';
import { DiffVersions } from './diff-versions.js';
import { PublishWorkflow } from './publish-workflow.js';
import { RollbackWorkflow } from './rollback-workflow.js';
import { toVersionSummary, toVersionView } from './version-view.js';
import { VersionsRepository } from './versions.repository.js';
import { WithdrawWorkflow } from './withdraw-workflow.js';

@Messages()
export class VersionsMessages {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly validating: ValidateDefinition,
    private readonly publishing: PublishWorkflow,
    private readonly withdrawing: WithdrawWorkflow,
    private readonly rollingBack: RollbackWorkflow,
    private readonly diffing: DiffVersions,
  ) {}

  @Handles(validateWorkflow)
  validate(request: ValidateDefinitionRequest, context: MessageContext): Promise<ValidateDefinitionReply> {
    return this.validating.execute(context.principal, request);
  }

  @Handles(publishWorkflow)
  publish(request: PublishWorkflowRequest, context: MessageContext): Promise<VersionView> {
    return this.publishing.execute(context.principal, request);
  }

  @Handles(unpublishWorkflow)
  unpublish(request: ByIdRequest, context: MessageContext): Promise<WorkflowView> {
    return this.withdrawing.execute(context.principal, request.id, 'draft');
  }

  @Handles(archiveWorkflow)
  archive(request: ByIdRequest, context: MessageContext): Promise<WorkflowView> {
    return this.withdrawing.execute(context.principal, request.id, 'archived');
  }

  @Handles(rollbackWorkflow)
  rollback(request: RollbackWorkflowRequest, context: MessageContext): Promise<WorkflowView> {
    return this.rollingBack.execute(context.principal, request);
  }

  @Handles(listVersions)
  async list(request: ListVersionsRequest, context: MessageContext): Promise<ListVersionsReply> {
    const organizationId = organizationOf(context.principal);
    await this.workflows.get(organizationId, request.id);
    const page = await this.versions.page(organizationId, request.id, request);
    return { data: page.data.map(toVersionSummary), nextCursor: page.nextCursor };
  }

  @Handles(getVersion)
  async get(request: GetVersionRequest, context: MessageContext): Promise<VersionView> {
    const organizationId = organizationOf(context.principal);
    await this.workflows.get(organizationId, request.id);
    const row = await this.versions.get(organizationId, request.id, request.version);
    return toVersionView(row, row.definition);
  }

  @Handles(diffVersions)
  diff(request: DiffVersionsRequest, context: MessageContext): Promise<DiffVersionsReply> {
    return this.diffing.execute(context.principal, request);
  }
}

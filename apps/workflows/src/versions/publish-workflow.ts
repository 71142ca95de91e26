import { Injectable } from '@nestjs/common';
import {
  AppError,
  workflowPublished,
  type Principal,
  type PublishWorkflowRequest,
  type VersionView,
} from '@rpa/contracts';
import type { WorkflowVersionEntity } from '@rpa/entities/workflows';
import { Bus } from '@rpa/messaging';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { CheckDefinition } from '../definition/check-definition.js';
import { FreezeDefinition, type FrozenDefinition } from '../definition/freeze-definition.js';
import { pinChildren } from '../definition/pin-children.js';
import { referencedKeys } from '../definition/referenced-keys.js';
import { StepTypesRepository } from '../step-types/step-types.repository.js';
import { WorkflowsRepository, type WorkflowWithDraft } from '../workflows/workflows.repository.js';
import { resourceOf } from '../workflows/workflow-view.js';
import { toVersionView } from './version-view.js';
import { VersionsRepository } from './versions.repository.js';

/** Freezes the draft as a version and lets starts run it. */
@Injectable()
export class PublishWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly stepTypes: StepTypesRepository,
    private readonly check: CheckDefinition,
    private readonly freeze: FreezeDefinition,
    private readonly transactions: Transactions,
    private readonly bus: Bus,
    private readonly audit: Audit,
  ) {}

  async execute(principal: Principal | null, request: PublishWorkflowRequest): Promise<VersionView> {
    const organizationId = organizationOf(principal);
    const workflow = await this.workflows.getWithDraft(organizationId, request.id);
    if (request.revision !== undefined && request.revision !== workflow.revision)
      throw new AppError('stale', `The workflow is at revision ${workflow.revision}, not ${request.revision}.`);
    await this.check.assertValid(principal, workflow.draft);
    const children = await this.workflows.publishedVersions(organizationId, referencedKeys(workflow.draft).workflows);
    const pinned = pinChildren(workflow.draft, children);
    const frozen = await this.freeze.execute(pinned, await this.stepTypes.descriptors());
    const createdBy = principal?.kind === 'user' ? principal.userId : null;
    const version = await this.store(organizationId, workflow, frozen, createdBy);
    this.bus.emit(workflowPublished, organizationId, {
      workflowId: workflow.id,
      workflowKey: workflow.key,
      version: version.number,
      at: new Date().toISOString(),
    });
    return toVersionView(version, frozen.definition);
  }

  /** The check took its time outside of any transaction: the draft must still be the one that was checked. */
  private store(
    organizationId: string,
    checked: WorkflowWithDraft,
    frozen: FrozenDefinition,
    createdBy: string | null,
  ): Promise<WorkflowVersionEntity> {
    return this.transactions.run(async () => {
      const workflow = await this.workflows.getWithDraft(organizationId, checked.id, true);
      if (workflow.revision !== checked.revision)
        throw new AppError('conflict', 'The draft was changed while it was being published; publish it again.');
      const { newest, other } = await this.versions.newestAnd(organizationId, workflow.id, workflow.publishedVersion);
      const same = [other, newest].find((version) => version?.hash === frozen.hash);
      const version =
        same ?? (await this.versions.insert(organizationId, workflow.id, (newest?.number ?? 0) + 1, frozen, createdBy));
      if (workflow.publishedVersion !== version.number)
        await this.workflows.change(organizationId, workflow.id, workflow.revision, {
          status: 'published',
          publishedVersion: version.number,
        });
      const { number, hash } = version;
      await this.audit.record({
        action: 'workflow.published',
        resource: resourceOf(workflow),
        before: { version: workflow.publishedVersion },
        after: { version: number, definitionSha256: hash },
      });
      return version;
    });
  }
}

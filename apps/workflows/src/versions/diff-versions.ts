import { Injectable } from '@nestjs/common';
import type { DiffVersionsReply, DiffVersionsRequest, JsonObject, Principal } from '@rpa/contracts';
import { normalizeDefinition } from '@rpa/engine';
import { organizationOf } from '@rpa/platform';
import { StepTypesRepository } from '../step-types/step-types.repository.js';
import { WorkflowsRepository } from '../workflows/workflows.repository.js';
import { diffDefinitions } from './diff-definitions.js';
import { VersionsRepository } from './versions.repository.js';

@Injectable()
export class DiffVersions {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
    private readonly stepTypes: StepTypesRepository,
  ) {}

  async execute(principal: Principal | null, request: DiffVersionsRequest): Promise<DiffVersionsReply> {
    const organizationId = organizationOf(principal);
    const [before, after] = await Promise.all([
      this.definition(organizationId, request.id, request.from),
      this.definition(organizationId, request.id, request.to ?? 'draft'),
    ]);
    return diffDefinitions(before, after);
  }

  private async definition(organizationId: string, id: string, which: string): Promise<JsonObject> {
    const workflow = await this.workflows.getWithDraft(organizationId, id);
    if (which !== 'draft') return (await this.versions.get(organizationId, id, Number(which))).definition;
    // A draft may hold short forms (or nonsense) that a version does not: compared is what they mean.
    try {
      const stepTypes = await this.stepTypes.descriptors();
      return normalizeDefinition(workflow.draft, { stepTypes }) as unknown as JsonObject;
    } catch {
      return workflow.draft;
    }
  }
}

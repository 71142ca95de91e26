import { Injectable } from '@nestjs/common';
import type { LoadVersionReply, LoadVersionRequest, Principal } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { VersionsRepository } from './versions.repository.js';

/** Also of deleted workflows: their runs go on. */
@Injectable()
export class LoadVersion {
  constructor(private readonly versions: VersionsRepository) {}

  async execute(principal: Principal | null, request: LoadVersionRequest): Promise<LoadVersionReply> {
    const row = await this.versions.load(organizationOf(principal), request.versionId);
    return {
      versionId: row.id,
      workflowId: row.workflowId,
      definition: row.definition,
      stepTypes: row.stepTypes,
    };
  }
}

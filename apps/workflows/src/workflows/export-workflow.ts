import { Injectable } from '@nestjs/common';
import type { ExportWorkflowReply, ExportWorkflowRequest, JsonObject, Principal } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { stringify } from 'yaml';
import { VersionsRepository } from '../versions/versions.repository.js';
import { WorkflowsRepository } from './workflows.repository.js';

/** Writes a workflow as a document that another installation imports: it names things by key, never by id. */
@Injectable()
export class ExportWorkflow {
  constructor(
    private readonly workflows: WorkflowsRepository,
    private readonly versions: VersionsRepository,
  ) {}

  async execute(principal: Principal | null, request: ExportWorkflowRequest): Promise<ExportWorkflowReply> {
    const organizationId = organizationOf(principal);
    const workflow = await this.workflows.getWithDraft(organizationId, request.id);
    const definition: JsonObject =
      request.version === undefined
        ? workflow.draft
        : (await this.versions.get(organizationId, request.id, request.version)).definition;
    const { name, key, description } = workflow;
    const document = { name, key, description, definition };
    return request.format === 'json'
      ? { fileName: `${key}.json`, contentType: 'application/json', content: `${JSON.stringify(document, null, 2)}\n` }
      : {
          fileName: `${key}.yaml`,
          contentType: 'application/yaml',
          content: stringify(document, { aliasDuplicateObjects: false, lineWidth: 120 }),
        };
  }
}

import type { DefinitionIssue, JsonObject, WorkflowSummary, WorkflowView } from '@rpa/contracts';
import type { WorkflowEntity } from '@rpa/entities/workflows';

export function toSummary(row: WorkflowEntity): WorkflowSummary {
  return {
    id: row.id,
    name: row.name,
    key: row.key,
    description: row.description,
    status: row.status,
    revision: row.revision,
    publishedVersion: row.publishedVersion,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function toView(row: WorkflowEntity & { draft: object }, issues?: DefinitionIssue[]): WorkflowView {
  return { ...toSummary(row), definition: row.draft as JsonObject, ...(issues && { issues }) };
}

/** What the audit log tells of a workflow; definitions stand in its versions. */
export function toAudited({ name, key, description, status, revision, publishedVersion }: WorkflowEntity): object {
  return { name, key, description, status, revision, publishedVersion };
}

export function resourceOf({ id, name }: Pick<WorkflowEntity, 'id' | 'name'>): {
  type: string;
  id: string;
  name: string;
} {
  return { type: 'workflow', id, name };
}

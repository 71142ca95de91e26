import type { JsonObject, VersionSummary, VersionView } from '@rpa/contracts';
import type { WorkflowVersionEntity } from '@rpa/entities/workflows';

export function toVersionSummary(row: WorkflowVersionEntity): VersionSummary {
  return {
    id: row.id,
    workflowId: row.workflowId,
    version: row.number,
    hash: row.hash,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
  };
}

export function toVersionView(row: WorkflowVersionEntity, definition: JsonObject): VersionView {
  return { ...toVersionSummary(row), definition };
}

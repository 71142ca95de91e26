import type { JsonObject, TriggerProblem, TriggerView } from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';

export function toView(row: TriggerEntity): TriggerView {
  return {
    id: row.id,
    workflowId: row.workflowId,
    name: row.name,
    type: row.type,
    enabled: row.enabled,
    config: row.config as JsonObject,
    inputs: row.inputs as JsonObject | null,
    problem: (row.problem as TriggerProblem | null) ?? null,
    revision: row.revision,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

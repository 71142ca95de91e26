import type { JsonObject, TriggerProblem, TriggerView } from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { findTriggerType } from '../types/trigger-types.js';
import { canonicalPath } from '../types/webhook/hook-path.js';

/** @param publicUrl where the gateway is reached from outside */
export function toView(row: TriggerEntity, publicUrl: string): TriggerView {
  const hasSecrets = (findTriggerType(row.type)?.secretFields.length ?? 0) > 0;
  return {
    id: row.id,
    workflowId: row.workflowId,
    name: row.name,
    type: row.type,
    enabled: row.enabled,
    config: row.config as JsonObject,
    inputs: row.inputs as JsonObject | null,
    ...(row.hookKey && { url: hookUrl(row, publicUrl, 'hooks'), testUrl: hookUrl(row, publicUrl, 'hooks-test') }),
    ...(hasSecrets && { secretSet: (row.secretId ?? null) !== null }),
    problem: (row.problem as TriggerProblem | null) ?? null,
    revision: row.revision,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

export function hookUrl(row: TriggerEntity, publicUrl: string, door: 'hooks' | 'hooks-test'): string {
  const { path = '' } = row.config as { path?: string };
  const segments = (canonicalPath(path) ?? '').split('/').filter((segment) => segment !== '');
  return [publicUrl, door, row.hookKey, ...segments.map(encodeURIComponent)].join('/');
}

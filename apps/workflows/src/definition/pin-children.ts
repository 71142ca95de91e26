import type { JsonObject, JsonValue } from '@rpa/contracts';

/**
 * Writes the version that each sub-workflow step runs into its config: the one that is published now, unless the author
 * named a number or `latest`. A key that is computed at run time cannot be pinned, nor one that has nothing published.
 */
export function pinChildren(definition: JsonObject, published: ReadonlyMap<string, number>): JsonObject {
  const steps = definition['steps'];
  return Array.isArray(steps) ? { ...definition, steps: steps.map((step) => pinStep(step, published)) } : definition;
}

function pinStep(step: JsonValue, published: ReadonlyMap<string, number>): JsonValue {
  if (typeof step !== 'object' || step === null || Array.isArray(step)) return step;
  const pinned = pinChildren(step, published);
  const config = step['config'];
  if (step['type'] !== 'sub_workflow' || typeof config !== 'object' || config === null || Array.isArray(config))
    return pinned;
  const version = typeof config['workflow'] === 'string' ? published.get(config['workflow']) : undefined;
  if (version === undefined || config['version'] !== undefined) return pinned;
  return { ...pinned, config: { ...config, version } };
}

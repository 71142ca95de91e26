import { createHash } from 'node:crypto';
import type { JsonObject, StepTypeDescriptor } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES, canonicalDefinition, normalizeDefinition } from '@rpa/engine';
import { referencedKeys } from './referenced-keys.js';

/** What a version holds: it runs the same whatever happens to the draft or the catalog later. */
export interface FrozenDefinition {
  definition: JsonObject;
  /** Only those that the definition uses. */
  stepTypes: StepTypeDescriptor[];
  hash: string;
}

export function freezeDefinition(draft: JsonObject, announced: readonly StepTypeDescriptor[]): FrozenDefinition {
  const definition = normalizeDefinition(draft, { stepTypes: announced });
  const frozen = definition as unknown as JsonObject;
  const used = new Set(referencedKeys(frozen).stepTypes);
  return {
    definition: frozen,
    stepTypes: [...BUILT_IN_STEP_TYPES, ...announced].filter((type) => used.has(type.type)),
    hash: createHash('sha256').update(canonicalDefinition(definition)).digest('hex'),
  };
}

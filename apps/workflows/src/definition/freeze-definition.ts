import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JsonObject, StepTypeDescriptor } from '@rpa/contracts';
import { BUILT_IN_STEP_TYPES } from '@rpa/engine';
import { EngineWork } from './engine-work.js';
import { referencedKeys } from './referenced-keys.js';

/** What a version holds: it runs the same whatever happens to the draft or the catalog later. */
export interface FrozenDefinition {
  definition: JsonObject;
  /** Only those that the definition uses. */
  stepTypes: StepTypeDescriptor[];
  hash: string;
}

@Injectable()
export class FreezeDefinition {
  constructor(private readonly engine: EngineWork) {}

  async execute(draft: JsonObject, announced: readonly StepTypeDescriptor[]): Promise<FrozenDefinition> {
    const { definition, canonical } = await this.engine.normalize(draft, { stepTypes: announced });
    const used = new Set(referencedKeys(definition).stepTypes);
    return {
      definition,
      stepTypes: [...BUILT_IN_STEP_TYPES, ...announced].filter((type) => used.has(type.type)),
      hash: createHash('sha256').update(canonical).digest('hex'),
    };
  }
}

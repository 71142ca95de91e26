import { normalizeDefinition as normalize } from './definition/normalize.js';
import type { Definition } from './definition/definition.js';
import { StepTypes, type StepType } from './steps/step-types.js';

/**
 * The form of a definition that is stored: short forms resolved, `format: 1`, and `typeVersion` filled in with the newest
 * version of the step types handed in. Nothing is checked: validate first.
 */
export function normalizeDefinition(source: unknown, options: { stepTypes?: readonly StepType[] } = {}): Definition {
  return normalize(source, new StepTypes(options.stepTypes));
}

import { ExpressionError } from '@rpa/expressions';
import { parseDuration } from '../definition/duration.js';
import { DefinitionInvalid, type Definition } from '../definition/definition.js';
import { normalizeDefinition } from '../definition/normalize.js';
import { StepTypes, type StepType } from '../steps/step-types.js';
import { findExpressionFaults, findStructuralFaults } from '../validation/validate-definition.js';
import { compileScope } from './compile-scope.js';
import { planFlow } from './plan-flow.js';
import type { Plan } from './plan.js';
import { compileValue } from './template.js';

/**
 * Makes a definition ready to run. The host caches the plan per workflow version; it is the same for every run.
 * Throws {@link DefinitionInvalid} when the definition cannot be run as it stands: a graph that is none, an unknown
 * step type, an expression that does not parse.
 */
export function compileDefinition(source: unknown, options: { stepTypes: readonly StepType[] }): Plan {
  const stepTypes = new StepTypes(options.stepTypes);
  const faults = findStructuralFaults(source, stepTypes);
  if (faults.length > 0) throw new DefinitionInvalid(faults);
  const definition = normalizeDefinition(source, stepTypes);
  try {
    return planOf(definition, stepTypes);
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    throw new DefinitionInvalid(findExpressionFaults(source, stepTypes));
  }
}

function planOf(definition: Definition, stepTypes: StepTypes): Plan {
  return {
    definition,
    root: compileScope(definition.steps, stepTypes),
    variables: definition.variables && compileValue(definition.variables),
    output: definition.output === undefined ? undefined : compileValue(definition.output),
    inputsSchema: definition.inputs,
    timeoutMs: parseDuration(definition.settings?.timeout),
    priority: definition.settings?.priority ?? 5,
    flow: planFlow(definition.settings),
  };
}

import type { DefinitionIssue } from '../definition/definition.js';
import { isObject } from '../definition/normalize.js';
import { StepTypes, type StepType } from '../steps/step-types.js';
import { Findings } from './findings.js';
import { outlineOf } from './outline.js';
import type { Rule, RuleInput } from './rule.js';
import { cyclesRule } from './rules/cycles.js';
import { edgesRule } from './rules/edges.js';
import { expressionsRule } from './rules/expressions.js';
import { idsRule } from './rules/ids.js';
import { stepTypesRule } from './rules/step-types.js';

export interface ValidationOptions {
  /** The catalog; the built-in types are always there. */
  stepTypes?: readonly StepType[];
  /** Keys of the organization's credentials and workflows; absent: not checked. */
  credentials?: readonly string[];
  workflows?: readonly string[];
}

export interface ValidationResult {
  valid: boolean;
  errors: DefinitionIssue[];
  warnings: DefinitionIssue[];
}

/** Without these a definition cannot be compiled. */
const STRUCTURAL: readonly Rule[] = [idsRule, edgesRule, cyclesRule, stepTypesRule, expressionsRule];

/**
 * Names every fault of a definition at once, each with a JSON path (`steps[2].config.url`; the empty path is the
 * definition itself), and warnings for what may be meant but is suspect. Linear in the size of the definition. Past a
 * limit only the limit is named.
 */
export function validateDefinition(source: unknown, options: ValidationOptions = {}): ValidationResult {
  const findings = new Findings();
  check(source, new StepTypes(options.stepTypes), findings, STRUCTURAL);
  return { valid: !findings.hasErrors, errors: findings.errors, warnings: findings.warnings };
}

/** Only the faults that keep a definition from being compiled. */
export function findStructuralFaults(source: unknown, stepTypes: StepTypes): DefinitionIssue[] {
  const findings = new Findings();
  check(source, stepTypes, findings, STRUCTURAL);
  return findings.errors;
}

function check(
  source: unknown,
  stepTypes: StepTypes,
  findings: Findings,
  rules: readonly Rule[],
  keys: Pick<RuleInput, 'credentials' | 'workflows'> = {},
): void {
  if (!isObject(source)) {
    findings.error('', 'invalid_type', 'A definition must be an object');
    return;
  }
  const outline = outlineOf(source, findings);
  if (findings.errors.some((error) => error.code === 'too_many_steps')) return;
  for (const rule of rules) rule({ definition: source, outline, stepTypes, findings, ...keys });
}

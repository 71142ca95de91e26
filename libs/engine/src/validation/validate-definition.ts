import type { DefinitionIssue } from '../definition/definition.js';
import { isObject } from '../definition/normalize.js';
import { StepTypes, type StepType } from '../steps/step-types.js';
import { Findings } from './findings.js';
import { measure } from './measure.js';
import { outlineOf } from './outline.js';
import type { Rule, RuleInput } from './rule.js';
import { configsRule } from './rules/configs.js';
import { cyclesRule } from './rules/cycles.js';
import { edgesRule } from './rules/edges.js';
import { expressionsRule } from './rules/expressions.js';
import { idsRule } from './rules/ids.js';
import { inputsRule } from './rules/inputs.js';
import { keysRule } from './rules/keys.js';
import { referencesRule } from './rules/references.js';
import { shapeRule } from './rules/shape.js';
import { stepTypesRule } from './rules/step-types.js';
import { variableRacesRule } from './rules/variable-races.js';
import { analyseTemplates } from './templates.js';

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

/** Without these a definition cannot be compiled; expressions are looked at when they are compiled. */
const STRUCTURAL: readonly Rule[] = [shapeRule, idsRule, edgesRule, cyclesRule, stepTypesRule];
const ALL: readonly Rule[] = [
  ...STRUCTURAL,
  expressionsRule,
  referencesRule,
  configsRule,
  keysRule,
  inputsRule,
  variableRacesRule,
];

/**
 * Names every fault of a definition at once, each with a JSON path (`steps[2].config.url`; the empty path is the
 * definition itself), and warnings for what may be meant but is suspect. Linear in the size of the definition. Past a
 * limit only the limit is named.
 */
export function validateDefinition(source: unknown, options: ValidationOptions = {}): ValidationResult {
  const findings = new Findings();
  const { credentials, workflows } = options;
  check(source, new StepTypes(options.stepTypes), findings, ALL, {
    ...(credentials && { credentials: new Set(credentials) }),
    ...(workflows && { workflows: new Set(workflows) }),
  });
  return { valid: !findings.hasErrors, errors: findings.errors, warnings: findings.warnings };
}

/** Only the faults that keep a definition from being compiled. */
export function findStructuralFaults(source: unknown, stepTypes: StepTypes): DefinitionIssue[] {
  return faultsOf(source, stepTypes, STRUCTURAL);
}

/** The same with those of expressions. */
export function findExpressionFaults(source: unknown, stepTypes: StepTypes): DefinitionIssue[] {
  return faultsOf(source, stepTypes, [...STRUCTURAL, expressionsRule]);
}

function faultsOf(source: unknown, stepTypes: StepTypes, rules: readonly Rule[]): DefinitionIssue[] {
  const findings = new Findings();
  check(source, stepTypes, findings, rules, {});
  return findings.errors;
}

function check(
  source: unknown,
  stepTypes: StepTypes,
  findings: Findings,
  rules: readonly Rule[],
  keys: Pick<RuleInput, 'credentials' | 'workflows'>,
): void {
  if (!isObject(source)) {
    findings.error('', 'invalid_type', 'A definition must be an object');
    return;
  }
  if (!measure(source, findings)) return;
  const outline = outlineOf(source, findings);
  if (findings.errors.some(({ code }) => code === 'too_many_steps' || code === 'nesting_too_deep')) return;
  const templates = rules === STRUCTURAL ? [] : analyseTemplates(source, outline);
  for (const rule of rules) rule({ definition: source, outline, templates, stepTypes, findings, ...keys });
}

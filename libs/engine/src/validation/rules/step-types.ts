import { at } from '../json-path.js';
import type { StepEntry } from '../outline.js';
import type { Rule, RuleInput } from '../rule.js';
import { suggestion } from '../suggestion.js';

const CONTAINERS = new Set(['foreach', 'while']);
const LOOP_CONTROL = new Set(['break', 'continue']);
const BRANCHING = new Set(['condition', 'switch', 'parallel', 'approval']);

/** Types are known, and what a step has besides its config fits its type. */
export const stepTypesRule: Rule = (input) => {
  for (const entry of input.outline.steps) {
    checkType(entry, input);
    checkShape(entry, input);
  }
};

function checkType({ step, path, type }: StepEntry, { stepTypes, findings }: RuleInput): void {
  if (type === '') {
    const given = step['type'] !== undefined;
    const message = given ? 'type must be the name of a step type' : 'type is required';
    findings.error(at(path, 'type'), given ? 'invalid_type' : 'type_required', message);
    return;
  }
  if (!stepTypes.newest(type)) {
    const hint = suggestion(type, stepTypes.names());
    const known = hint || `; known are ${stepTypes.names().slice(0, 50).join(', ')}`;
    findings.error(at(path, 'type'), 'unknown_step_type', `The step type ${type.slice(0, 100)} is unknown${known}`);
    return;
  }
  const version = step['typeVersion'];
  if (typeof version === 'number' && !stepTypes.get(type, version)) {
    findings.error(at(path, 'typeVersion'), 'unknown_type_version', `${type} has no version ${version}`);
  }
}

function checkShape({ step, path, type, scope }: StepEntry, { findings, stepTypes }: RuleInput): void {
  if (step['retry'] !== undefined && stepTypes.isBuiltIn(type) && type !== 'sub_workflow' && !CONTAINERS.has(type)) {
    findings.warn(
      at(path, 'retry'),
      'no_effect',
      `A ${type} step never fails in a way that another attempt would help`,
    );
  }
  if (CONTAINERS.has(type) && step['steps'] === undefined) {
    findings.error(at(path, 'steps'), 'steps_required', `A ${type} step needs a body (steps)`);
  }
  if (!CONTAINERS.has(type) && step['steps'] !== undefined) {
    findings.error(at(path, 'steps'), 'unexpected_field', 'Only foreach and while have a body (steps)');
  }
  if (!BRANCHING.has(type) && step['branches'] !== undefined) {
    const message = 'Only condition, switch, parallel and approval have branches';
    findings.error(at(path, 'branches'), 'unexpected_field', message);
  }
  if (CONTAINERS.has(type) && step['retry'] !== undefined) {
    findings.error(
      at(path, 'retry'),
      'unexpected_field',
      `retry is refused on ${type}; put it on the steps of its body`,
    );
  }
  if (LOOP_CONTROL.has(type) && !scope.owner) {
    findings.error(at(path, 'type'), 'outside_loop', `${type} stands outside of a foreach or while`);
  }
  if (type === 'condition') checkConditionBranches(step['branches'], path, findings);
}

function checkConditionBranches(branches: unknown, path: string, findings: RuleInput['findings']): void {
  if (branches === null || typeof branches !== 'object') return;
  for (const name of Object.keys(branches)) {
    if (name === 'true' || name === 'false') continue;
    const message = 'A condition has the branches "true" and "false" only';
    findings.error(at(path, 'branches', name), 'unknown_branch', message);
  }
}

import type { JsonValue } from '@rpa/contracts';
import type { PlanNode } from '../plan/plan.js';

/** The branches that a step with this output takes; they follow from the output alone, so that it can be adopted. */
export function branchesOf(node: Pick<PlanNode, 'type' | 'branchNames'>, output: JsonValue): string[] {
  const { type, branchNames } = node;
  if (branchNames.length === 0) return [];
  if (type === 'parallel') return [...branchNames];
  if (type === 'condition') return [String(output)];
  if (type === 'switch') return [chosenCase(branchNames, output)];
  if (type === 'approval' && output !== null && typeof output === 'object' && !Array.isArray(output)) {
    return [String(output['decision'])];
  }
  return [];
}

function chosenCase(names: readonly string[], value: JsonValue): string {
  const name = value !== null && typeof value === 'object' ? JSON.stringify(value) : String(value);
  return names.includes(name) ? name : 'default';
}

import { edgeLists, type EdgeList } from '../edges.js';
import type { StepEntry } from '../outline.js';
import type { Rule, RuleInput } from '../rule.js';
import { suggestion } from '../suggestion.js';

/** Edges lead to other steps of the same scope, and no list names a step twice. */
export const edgesRule: Rule = (input) => {
  for (const entry of input.outline.steps) {
    for (const list of edgeLists(entry)) checkList(entry, list, input);
  }
};

function checkList(entry: StepEntry, list: EdgeList, { findings }: RuleInput): void {
  if (list.malformed) findings.error(list.path, 'invalid_type', 'Must be a step id or a list of step ids');
  const seen = new Set<string>();
  for (const { id, path } of list.targets) {
    if (!entry.scope.byId.has(id)) {
      const hint = suggestion(id, entry.scope.byId.keys());
      findings.error(path, 'unknown_edge', `There is no step ${id} in the same list of steps${hint}`);
    } else if (seen.has(id)) {
      findings.error(path, 'duplicate_edge', `The step ${id} is named twice in one list`);
    }
    seen.add(id);
  }
}

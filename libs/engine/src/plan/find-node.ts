import type { PlanNode, PlanScope } from './plan.js';

/** The step of the definition that a path of a run leads to: `each.3.one` to the step `one` in the body of `each`. */
export function findNode(root: PlanScope, path: string): PlanNode | undefined {
  const ids = path.split('.');
  let scope: PlanScope | undefined = root;
  let node: PlanNode | undefined;
  for (let index = 0; index < ids.length; index += 2) {
    node = scope?.byId.get(ids[index] ?? '');
    scope = node?.body;
  }
  return node;
}

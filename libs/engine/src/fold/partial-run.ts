import type { PlanNode } from '../plan/plan.js';
import type { Run } from '../state/run.js';

/**
 * Of a test run of some steps only: settles the others of the top level before anything begins, with their pinned output
 * where there is one, and gives the steps to begin with. Undefined when the whole workflow runs.
 */
export function leaveOut(run: Run): readonly PlanNode[] | undefined {
  const { until, only } = run.start;
  const { root } = run.plan;
  const target = root.byId.get(only ?? until ?? '');
  if (!target) return undefined;
  const wanted = only === undefined ? withAncestors(run, target) : new Set([target]);
  for (const node of root.nodes) if (!wanted.has(node)) settleUnrun(run, node);
  return only === undefined ? root.roots.filter((node) => wanted.has(node)) : [target];
}

function settleUnrun(run: Run, node: PlanNode): void {
  const step = run.root.step(node);
  const pinned = run.start.only === undefined ? undefined : run.adopt.get(step.path);
  step.phase = 'settled';
  step.outcome = pinned?.status === 'completed' ? 'completed' : 'skipped';
  step.output = pinned?.output ?? null;
  run.root.open--;
  run.settledSteps++;
}

function withAncestors(run: Run, target: PlanNode): ReadonlySet<PlanNode> {
  const sources = new Map<PlanNode, PlanNode[]>();
  for (const node of run.plan.root.nodes)
    for (const { to } of node.edges) sources.set(to, [...(sources.get(to) ?? []), node]);
  const wanted = new Set([target]);
  for (const node of wanted) for (const source of sources.get(node) ?? []) wanted.add(source);
  return wanted;
}

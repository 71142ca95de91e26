import type { Run } from './run.js';
import type { ScopeState } from './scope-state.js';
import type { StepState } from './step-state.js';

/** The step at a path whose iterations are running, or `undefined` when the path leads nowhere (any more). */
export function findStep(run: Run, path: string): StepState | undefined {
  if (typeof path !== 'string') return undefined;
  let scope: ScopeState | undefined = run.root;
  let from = 0;
  for (;;) {
    const dot = path.indexOf('.', from);
    const node = scope.plan.byId.get(dot < 0 ? path.slice(from) : path.slice(from, dot));
    if (!node) return undefined;
    const step: StepState = scope.step(node);
    if (dot < 0) return step;
    const end = path.indexOf('.', dot + 1);
    if (end < 0) return undefined;
    scope = step.loop?.running.get(Number(path.slice(dot + 1, end)));
    if (!scope) return undefined;
    from = end + 1;
  }
}

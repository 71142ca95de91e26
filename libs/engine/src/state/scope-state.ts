import type { StepError } from '@rpa/contracts';
import type { PlanNode, PlanScope } from '../plan/plan.js';
import { StepState } from './step-state.js';

/** The steps of the run itself or of one iteration of a container. */
export class ScopeState {
  readonly steps: (StepState | undefined)[] = [];
  /** Steps that have not settled. */
  open: number;
  /** Steps in this scope and below that somebody works on or that wait; containers do not count. */
  leaves = 0;
  /** Those of the leaves that only wait: for time, a signal or a person. */
  waits = 0;
  /** A failure that nothing handles: nothing new starts here any more. */
  failure: { error: StepError; path: string } | undefined;
  /** `break` or `continue` ends the scope before all its steps have settled. */
  closing: 'break' | 'continue' | undefined;
  closed = false;
  readonly prefix: string;

  constructor(
    readonly plan: PlanScope,
    readonly owner: StepState | undefined,
    readonly index: number,
  ) {
    this.open = plan.nodes.length;
    this.prefix = owner ? `${owner.path}.${index}.` : '';
  }

  step(node: PlanNode): StepState {
    return (this.steps[node.index] ??= new StepState(node, this));
  }

  get parent(): ScopeState | undefined {
    return this.owner?.scope;
  }
}

/** Whether something ends this scope or one around it, so that nothing new may start in it. */
export function isHalted(scope: ScopeState): boolean {
  for (let at: ScopeState | undefined = scope; at; at = at.parent) {
    if (at.failure || at.closing || at.closed) return true;
    const loop = at.owner?.loop;
    if (loop?.closing || (loop?.breakAt !== undefined && at.index > loop.breakAt)) return true;
  }
  return false;
}

import type { JsonObject, JsonValue, StepError, StepStatus } from '@rpa/contracts';
import type { PlanNode } from '../plan/plan.js';
import type { LoopState } from './loop-state.js';
import type { ScopeState } from './scope-state.js';

/**
 * - `idle`: edges are still open. `ready`: the join fired. `skipping`: all edges settled, none was taken.
 * - `queued`: handed to workers. `waiting`: for a timer, a signal or a person. `child`: for a sub-workflow that runs.
 * - `retrying`: between attempts.
 * - `deciding`: the outcome is unknown and a person has to say. `looping`: a container with iterations.
 */
export type Phase =
  'idle' | 'ready' | 'skipping' | 'queued' | 'waiting' | 'child' | 'retrying' | 'deciding' | 'looping' | 'settled';

export interface StepWait {
  kind: 'delay' | 'signal' | 'approval';
  timer?: string;
  dueAt?: number;
  /** Name of the signal. */
  name?: string;
}

/** One step of one scope of a run. */
export class StepState {
  phase: Phase = 'idle';
  settledIn = 0;
  taken = false;
  attempt = 0;
  delivery = 0;
  /** Deliveries of the present attempt that a worker died with. */
  crashes = 0;
  /** The worker that was granted the start of a `once` step. */
  worker: string | undefined;
  /** `when` was true; it is not looked at again while the step waits for file contents. */
  admitted = false;
  /** Of a rerun: the former run was asked, or gave nothing that could be taken over whole. Memory only. */
  adoption: 'asked' | 'none' | undefined;
  /** Evaluated config, kept while the step is open. */
  config: JsonObject | undefined;
  wait: StepWait | undefined;
  loop: LoopState | undefined;
  /** Execution id of a sub-workflow. */
  child: string | undefined;
  /** The child that the former run had for the step. */
  formerChild: string | undefined;
  /** Time of the step's own timer, for steps that no worker runs. */
  deadline: number | undefined;
  /** Why a decision is needed. */
  reason: string | undefined;
  retryAt: number | undefined;
  outcome: StepStatus | undefined;
  output: JsonValue = null;
  error: StepError | null = null;
  /** Of a `foreach` whose items may fail. */
  errors: JsonValue | undefined;
  readonly path: string;

  constructor(
    readonly node: PlanNode,
    readonly scope: ScopeState,
  ) {
    this.path = scope.prefix + node.id;
  }

  get status(): StepStatus {
    if (this.outcome) return this.outcome;
    if (this.phase === 'queued' || this.phase === 'looping') return 'running';
    if (isLeafPhase(this.phase)) return 'waiting';
    return 'pending';
  }

  /** Somebody works on it, or it waits: what a cancellation has to reach. */
  get isActive(): boolean {
    return isLeafPhase(this.phase) || this.phase === 'looping';
  }
}

export function isLeafPhase(phase: Phase): boolean {
  return phase === 'queued' || phase === 'child' || phase === 'deciding' || isWaitPhase(phase);
}

export function isWaitPhase(phase: Phase): boolean {
  return phase === 'waiting' || phase === 'retrying';
}

import type { Run } from './run.js';
import { isHalted, type ScopeState } from './scope-state.js';
import type { StepState } from './step-state.js';

/**
 * Inline work that the reducer owes: start or skip a step whose join fired, move a container on, close a scope.
 * Tasks follow from the state; one that the state has overtaken is stale and dropped.
 */
export type Task =
  | { kind: 'start'; step: StepState }
  | { kind: 'skip'; step: StepState }
  | { kind: 'loop'; step: StepState }
  | { kind: 'close'; scope: ScopeState };

export class Agenda {
  private tasks: Task[] = [];
  private head = 0;
  /** Tasks that wait for file contents; memory only. */
  private blocked: Task[] = [];

  push(task: Task): void {
    this.tasks.push(task);
  }

  block(task: Task): void {
    this.blocked.push(task);
  }

  unblock(): void {
    for (const task of this.blocked) this.tasks.push(task);
    this.blocked = [];
  }

  /** Takes the next task that still stands. */
  take(run: Run): Task | undefined {
    this.dropStale(run);
    const task = this.tasks[this.head];
    if (task) this.head++;
    return task;
  }

  hasWork(run: Run): boolean {
    this.dropStale(run);
    return this.head < this.tasks.length || this.blocked.length > 0;
  }

  /** Whether something can go on without file contents. */
  hasReady(run: Run): boolean {
    this.dropStale(run);
    return this.head < this.tasks.length;
  }

  dropStale(run: Run): void {
    while (this.head < this.tasks.length && isStale(this.tasks[this.head]!, run)) this.head++;
    if (this.head === this.tasks.length) {
      this.tasks = [];
      this.head = 0;
    } else if (this.head > 1024 && this.head * 2 > this.tasks.length) {
      this.tasks = this.tasks.slice(this.head);
      this.head = 0;
    }
  }

  /** Every task that still stands, once, in order. */
  list(run: Run): Task[] {
    const listed = new Map<object, Set<string>>();
    return [...this.tasks.slice(this.head), ...this.blocked].filter((task) => {
      const subject = task.kind === 'close' ? task.scope : task.step;
      const kinds = listed.get(subject) ?? new Set();
      if (kinds.has(task.kind) || isStale(task, run)) return false;
      listed.set(subject, kinds.add(task.kind));
      return true;
    });
  }
}

/** A task is stale when doing it would change nothing. */
function isStale(task: Task, run: Run): boolean {
  if (run.end) return true;
  if (task.kind === 'close') return !closeIsDue(task.scope, run);
  if (run.closing || isHalted(task.step.scope)) return true;
  if (task.kind === 'loop') return !loopIsDue(task.step);
  const { phase, retryAt } = task.step;
  if (task.kind === 'skip') return phase !== 'skipping';
  return phase !== 'ready' && !(phase === 'retrying' && retryAt === undefined);
}

function closeIsDue(scope: ScopeState, run: Run): boolean {
  if (scope.closed) return false;
  if (run.closing) return scope === run.root;
  if (scope.closing) return true;
  return scope.failure ? scope.waits > 0 || scope.leaves === 0 : scope.open === 0;
}

function loopIsDue({ loop, node }: StepState): boolean {
  if (!loop) return false;
  const { running, breakAt } = loop;
  if (loop.closing) return true;
  if (breakAt !== undefined) for (const index of running.keys()) if (index > breakAt) return true;
  if (running.size === 0) return true;
  return node.type === 'foreach' && running.size < loop.concurrency && loop.next < loop.limit;
}

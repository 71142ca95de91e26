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

  /** Every task that still stands, in order. */
  list(run: Run): Task[] {
    return [...this.tasks.slice(this.head), ...this.blocked].filter((task) => !isStale(task, run));
  }
}

function isStale(task: Task, run: Run): boolean {
  if (run.end) return true;
  if (task.kind === 'close') return task.scope.closed || (run.closing !== undefined && task.scope !== run.root);
  if (run.closing) return true;
  if (task.kind === 'loop') return task.step.phase !== 'looping' || isHaltedAround(task.step);
  if (task.kind === 'start') return task.step.phase !== 'ready' || isHalted(task.step.scope);
  return task.step.phase !== 'skipping' || isHalted(task.step.scope);
}

/** A container goes on closing itself, but not when a scope around it ends. */
function isHaltedAround(step: StepState): boolean {
  return isHalted(step.scope);
}

import { ALONE_RESERVE_MS, type StepTask } from '@rpa/contracts';

/** Keeps a worker free for a task that wants nothing beside it, and everything else away while that runs. */
export class KeptAlone {
  private runs = false;
  /** Monotonic milliseconds. */
  private until = 0;

  /** Nothing else is taken now. */
  get isKept(): boolean {
    return this.runs || performance.now() < this.until;
  }

  /** Whether the task may begin. One that wants to be alone and cannot is let in when everything else has ended. */
  admits(task: StepTask, running: number): boolean {
    if (!task.alone) return !this.isKept;
    if (running > 0) {
      this.until = performance.now() + ALONE_RESERVE_MS;
      return false;
    }
    this.until = 0;
    this.runs = true;
    return true;
  }

  left(task: StepTask): void {
    if (task.alone) this.runs = false;
  }
}

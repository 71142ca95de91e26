import type { StepTask } from '@rpa/contracts';
import type { Msg } from '@rpa/messaging';
import { StepFailure } from '../step/step-failure.js';

/** Deliveries of one attempt whose senders still wait for the answer. */
const MAX_WAITING = 4;

/** What can end an attempt early. */
export interface Abortable {
  /** Made when somebody looks at it: most steps never do, and it costs more than they do. */
  readonly signal: AbortSignal;
  /** Why it was ended; null as long as it may go on. */
  readonly reason: StepFailure | null;
  /** Called once, at the latest when it is ended. */
  onAbort(heard: () => void): void;
}

/** One attempt that runs here, with everybody who waits for its result. */
export class RunningTask implements Abortable {
  private controller: AbortController | null = null;
  private heard: (() => void) | null = null;
  private readonly deadline: NodeJS.Timeout;
  private waiting: Msg[];
  reason: StepFailure | null = null;
  isCancelled = false;
  isAbandoned = false;

  constructor(
    public task: StepTask,
    readonly firstMessage: Msg,
  ) {
    this.waiting = [firstMessage];
    this.deadline = setTimeout(() => this.abort(timeoutOf(task)), task.timeoutMs);
  }

  get signal(): AbortSignal {
    if (!this.controller) {
      this.controller = new AbortController();
      if (this.reason) this.controller.abort(this.reason);
    }
    return this.controller.signal;
  }

  onAbort(heard: () => void): void {
    this.heard = heard;
    if (this.reason) heard();
  }

  get messages(): readonly Msg[] {
    return this.waiting;
  }

  /** The owner sent the attempt again while it runs: the one run answers for both. */
  deliverAgain(task: StepTask, message: Msg): void {
    this.waiting = [...this.waiting, message].slice(-MAX_WAITING);
    if (task.delivery > this.task.delivery || task.owner !== this.task.owner)
      this.task = { ...this.task, delivery: Math.max(task.delivery, this.task.delivery), owner: task.owner };
  }

  /** The owner wants it to end. */
  cancel(): void {
    this.isCancelled = true;
    this.abort(new StepFailure('aborted', 'The attempt was aborted by the run.'));
  }

  /** Nobody waits for it any more; its outcome stays unknown. */
  abandon(): void {
    this.isAbandoned = true;
    this.abort(new StepFailure('aborted', 'The worker stops.'));
  }

  close(): void {
    clearTimeout(this.deadline);
  }

  private abort(reason: StepFailure): void {
    if (this.reason) return;
    this.reason = reason;
    this.controller?.abort(reason);
    this.heard?.();
  }
}

function timeoutOf(task: StepTask): StepFailure {
  return new StepFailure('timeout', `The step exceeded its time limit of ${task.timeoutMs} ms`, {
    retryable: true,
    effectUnknown: true,
    details: { timeoutMs: task.timeoutMs },
  });
}

import type { StepTask } from '@rpa/contracts';
import type { Msg } from '@rpa/messaging';
import { StepFailure } from '../step/step-failure.js';

/** Deliveries of one attempt whose senders still wait for the answer. */
const MAX_WAITING = 4;

/** One attempt that runs here, with everybody who waits for its result. */
export class RunningTask {
  private readonly abort = new AbortController();
  private readonly deadline: NodeJS.Timeout;
  private waiting: Msg[];
  isCancelled = false;
  isAbandoned = false;

  constructor(
    public task: StepTask,
    readonly firstMessage: Msg,
  ) {
    this.waiting = [firstMessage];
    this.deadline = setTimeout(() => this.abort.abort(timeoutOf(task)), task.timeoutMs);
  }

  get signal(): AbortSignal {
    return this.abort.signal;
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
    this.abort.abort(new StepFailure('aborted', 'The attempt was aborted by the run.'));
  }

  /** Nobody waits for it any more; its outcome stays unknown. */
  abandon(): void {
    this.isAbandoned = true;
    this.abort.abort(new StepFailure('aborted', 'The worker stops.'));
  }

  close(): void {
    clearTimeout(this.deadline);
  }
}

function timeoutOf(task: StepTask): StepFailure {
  return new StepFailure('timeout', `The step exceeded its time limit of ${task.timeoutMs} ms`, {
    retryable: true,
    effectUnknown: true,
    details: { timeoutMs: task.timeoutMs },
  });
}

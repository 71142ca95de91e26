import { TASK_SUBJECTS, type TaskRef, type WorkerControl } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';

const MAX_REFS = 200;

/** Tells workers that their results are durable, or refused for good: one message a worker and turn of the loop. */
export class Acknowledgements {
  private readonly waiting = new Map<string, TaskRef[]>();
  private scheduled = false;

  constructor(private readonly bus: Bus) {}

  add(worker: string, ref: TaskRef): void {
    const refs = this.waiting.get(worker);
    if (refs) refs.push(ref);
    else this.waiting.set(worker, [ref]);
    if (this.scheduled) return;
    this.scheduled = true;
    setImmediate(() => this.flush());
  }

  flush(): void {
    this.scheduled = false;
    const batches = [...this.waiting];
    this.waiting.clear();
    // What gets lost is reported by the worker and acknowledged then.
    if (!this.bus.connected) return;
    for (const [worker, refs] of batches)
      for (let from = 0; from < refs.length; from += MAX_REFS) {
        const message: WorkerControl = { kind: 'ack', tasks: refs.slice(from, from + MAX_REFS) };
        this.bus.publish(TASK_SUBJECTS.worker(worker), message);
      }
  }
}

import type { Delivery } from './delivery.js';
import type { KnownWorker } from './known-worker.js';
import type { WorkerRegistry } from './worker-registry.js';

/** A suspect for which no worker gets idle in this time for each death is sent like any other: work must go on. */
const PATIENCE_MS = 5_000;

interface Suspect {
  delivery: Delivery;
  /** Monotonic milliseconds. */
  since: number;
  /** Asked to be free for it. */
  worker: KnownWorker | null;
}

/**
 * Deliveries of steps that were there when workers died. Each gets a worker for itself, so that an innocent step is not
 * blamed for the company it was in, and the guilty one is found.
 */
export class SuspectLine {
  private waiting: Suspect[] = [];

  constructor(private readonly registry: WorkerRegistry) {}

  get length(): number {
    return this.waiting.length;
  }

  push(delivery: Delivery, worker: KnownWorker | null = null, since = performance.now()): void {
    this.waiting.push({ delivery, worker, since });
  }

  /**
   * Hands those out for whom there is a worker: `send` gets the time since when it waits, for when it comes back; `give` those
   * that have waited too long.
   */
  serve(
    send: (delivery: Delivery, worker: KnownWorker, since: number) => void,
    give: (delivery: Delivery) => void,
  ): void {
    const now = performance.now();
    const waiting = this.waiting;
    this.waiting = [];
    for (const suspect of waiting) {
      const { delivery, since } = suspect;
      if (delivery.state !== 'queued') continue;
      const worker = this.workerFor(suspect);
      if (worker) send(delivery, worker, since);
      else if (now - since > patienceFor(delivery)) give(delivery);
      else this.waiting.push(suspect);
    }
  }

  /** Those who wait, who are none any more. */
  clear(): Delivery[] {
    return this.waiting.splice(0).flatMap(({ delivery }) => (delivery.state === 'queued' ? [delivery] : []));
  }

  private workerFor({ delivery, worker, since }: Suspect): KnownWorker | null {
    const { pool, stepType } = delivery.effect;
    if (performance.now() - since > patienceFor(delivery)) return null;
    const wanted =
      worker && this.registry.isUsable(worker, pool, stepType) ? worker : this.registry.idlest(pool, stepType);
    return wanted?.isReserved === false ? wanted : null;
  }
}

function patienceFor({ effect }: Delivery): number {
  return PATIENCE_MS * (effect.crashes ?? 1);
}

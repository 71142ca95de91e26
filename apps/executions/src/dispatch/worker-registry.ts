import { DELIVERY_SILENCE_MS, type WorkerAnnouncement } from '@rpa/contracts';
import { taskKey } from './delivery.js';
import type { HearingClock } from './hearing-clock.js';
import { KnownWorker } from './known-worker.js';

/** A name becomes part of a subject. */
const WORKER_NAME = /^[\w-]{1,100}$/;

/** The workers that announce themselves, what they take, and what they run, whoever sent it. */
export class WorkerRegistry {
  private readonly workers = new Map<string, KnownWorker>();

  constructor(private readonly clock: HearingClock) {}

  /** Takes an announcement in; anything malformed is ignored. */
  hear(body: unknown): KnownWorker | null {
    if (!isAnnouncement(body)) return null;
    const known = this.workers.get(body.worker) ?? new KnownWorker(body.worker);
    known.hear(body, this.runningOf(body), this.clock.now);
    this.workers.set(known.worker, known);
    return known;
  }

  /** A long list comes in several messages, of which all but the first add to the one before. */
  private runningOf({ worker, running, continued }: WorkerAnnouncement): ReadonlySet<string> {
    const named = Object.values(running ?? {})
      .flat()
      .map(taskKey);
    const before = continued === true ? this.workers.get(worker)?.running : undefined;
    return new Set(before ? [...before, ...named] : named);
  }

  /** The worker with most room for one more task of this type; null: none has any. */
  roomiest(pool: string, type: string): KnownWorker | null {
    let best: KnownWorker | null = null;
    for (const worker of this.addressed(pool, type)) if (worker.room > (best?.room ?? 0)) best = worker;
    return best;
  }

  /** The worker that would soonest be free for a task that wants to be alone. */
  idlest(pool: string, type: string): KnownWorker | null {
    let best: KnownWorker | null = null;
    for (const worker of this.addressed(pool, type)) {
      if (worker.room > 0 && worker.isIdle) return worker;
      if (worker.room > (best?.room ?? -1)) best = worker;
    }
    return best;
  }

  /** It still takes tasks of this type that are sent to itself. */
  isUsable(worker: KnownWorker, pool: string, type: string): boolean {
    const known = this.workers.get(worker.worker) === worker;
    return known && worker.addressed && worker.takes(pool, type, this.clock.now);
  }

  /** Tasks that those workers of a pool take at once that share them by queue group. */
  sharedCapacity(pool: string, type: string): number {
    let capacity = 0;
    for (const worker of this.workers.values())
      if (!worker.addressed && worker.takes(pool, type, this.clock.now)) capacity += worker.capacity;
    return capacity;
  }

  /** Worker that says it has this task. */
  holderOf(key: string): KnownWorker | null {
    for (const worker of this.workers.values()) if (worker.running.has(key)) return worker;
    return null;
  }

  workersFor(pool: string, type: string): KnownWorker[] {
    return [...this.workers.values()].filter((w) => w.pool === pool && w.types.has(type));
  }

  forgetSilent(): void {
    for (const worker of this.workers.values()) if (this.isSilent(worker)) this.workers.delete(worker.worker);
  }

  /** So long that it counts as dead, with all that it had. */
  isSilent(worker: KnownWorker): boolean {
    return this.clock.now - worker.heardAt > DELIVERY_SILENCE_MS;
  }

  get size(): number {
    return this.workers.size;
  }

  private *addressed(pool: string, type: string): Iterable<KnownWorker> {
    for (const worker of this.workers.values())
      if (worker.addressed && worker.takes(pool, type, this.clock.now)) yield worker;
  }
}

function isAnnouncement(body: unknown): body is WorkerAnnouncement {
  const said = body as Partial<WorkerAnnouncement> | null;
  return (
    typeof said?.worker === 'string' &&
    WORKER_NAME.test(said.worker) &&
    typeof said.pool === 'string' &&
    Array.isArray(said.types) &&
    typeof said.capacity === 'number'
  );
}

import { DELIVERY_SILENCE_MS, type WorkerAnnouncement } from '@rpa/contracts';
import { taskKey } from './delivery.js';
import type { HearingClock } from './hearing-clock.js';

interface KnownWorker {
  worker: string;
  pool: string;
  types: ReadonlySet<string>;
  capacity: number;
  free: number;
  draining: boolean;
  heardAt: number;
  running: ReadonlySet<string>;
}

/** The workers that announce themselves, what they take, and what they run, whoever sent it. */
export class WorkerRegistry {
  private readonly workers = new Map<string, KnownWorker>();

  constructor(private readonly clock: HearingClock) {}

  /** Takes an announcement in; anything malformed is ignored. */
  hear(body: unknown): KnownWorker | null {
    const said = body as Partial<WorkerAnnouncement> | null;
    if (typeof said?.worker !== 'string' || typeof said.pool !== 'string' || !Array.isArray(said.types)) return null;
    if (typeof said.capacity !== 'number' || said.worker.length > 100) return null;
    const known: KnownWorker = {
      worker: said.worker,
      pool: said.pool,
      types: new Set(said.types),
      capacity: Math.max(0, Math.min(said.capacity, 10_000)),
      free: typeof said.free === 'number' ? Math.max(0, said.free) : 0,
      draining: said.draining === true,
      heardAt: this.clock.now,
      running: this.runningOf(said),
    };
    this.workers.set(known.worker, known);
    return known;
  }

  /** A long list comes in several messages, of which all but the first add to the one before. */
  private runningOf({ worker, running, continued }: Partial<WorkerAnnouncement>): ReadonlySet<string> {
    const named = Object.values(running ?? {})
      .flat()
      .map(taskKey);
    const before = continued === true ? this.workers.get(worker ?? '')?.running : undefined;
    return new Set(before ? [...before, ...named] : named);
  }

  /** Tasks that the workers of a pool take at once, of one type. */
  capacityFor(pool: string, type: string): number {
    let capacity = 0;
    for (const worker of this.workers.values())
      if (worker.pool === pool && !worker.draining && worker.types.has(type)) capacity += worker.capacity;
    return capacity;
  }

  /** Worker that says it has this task. */
  holderOf(key: string): string | null {
    for (const worker of this.workers.values()) if (worker.running.has(key)) return worker.worker;
    return null;
  }

  workersFor(pool: string, type: string): string[] {
    return [...this.workers.values()].filter((w) => w.pool === pool && w.types.has(type)).map((w) => w.worker);
  }

  forgetSilent(): void {
    for (const worker of this.workers.values())
      if (this.clock.now - worker.heardAt > DELIVERY_SILENCE_MS) this.workers.delete(worker.worker);
  }

  get size(): number {
    return this.workers.size;
  }
}

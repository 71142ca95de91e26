import type { Delivery } from './delivery.js';

const PRIORITIES = 10;

/** Deliveries of one pool and step type that wait for capacity: higher priority first, then in the order they came. */
export class DispatchQueue {
  private readonly waiting: Delivery[][] = Array.from({ length: PRIORITIES }, () => []);
  private readonly heads = new Array<number>(PRIORITIES).fill(0);
  private size = 0;
  inFlight = 0;
  /** Nothing is sent before: the workers were busy. Monotonic milliseconds. */
  pausedUntil = 0;
  /** Tasks that the workers seem to take from this replica at once; their capacity is shared with others. */
  private limit = Infinity;

  constructor(
    readonly pool: string,
    readonly type: string,
  ) {}

  /** Including those that were closed while they waited. */
  get length(): number {
    return this.size;
  }

  /** How many more may be sent now. */
  room(capacity: number): number {
    return Math.min(capacity, this.limit) - this.inFlight;
  }

  /** A worker had no room for one: no more than what is with them now. */
  refused(): void {
    this.limit = Math.max(1, this.inFlight);
  }

  /** One was done, or a worker says how many more it would take. */
  widen(by: number): void {
    this.limit = Math.max(this.limit + (by === 1 ? 1 : 0), this.inFlight + by);
  }

  push(delivery: Delivery): void {
    this.waiting[levelOf(delivery)]?.push(delivery);
    this.size++;
  }

  /** The next that is still wanted. */
  shift(): Delivery | undefined {
    for (let level = PRIORITIES - 1; level >= 0; level--) {
      const deliveries = this.waiting[level] ?? [];
      let head = this.heads[level] ?? 0;
      while (head < deliveries.length) {
        const delivery = deliveries[head++];
        this.size--;
        this.heads[level] = head;
        if (delivery?.state === 'queued') {
          this.compact(level);
          return delivery;
        }
      }
      this.compact(level);
    }
    return undefined;
  }

  private compact(level: number): void {
    const deliveries = this.waiting[level];
    const head = this.heads[level] ?? 0;
    if (!deliveries || (head < deliveries.length && head < 1_024)) return;
    deliveries.splice(0, head);
    this.heads[level] = 0;
  }
}

function levelOf(delivery: Delivery): number {
  return Math.max(0, Math.min(PRIORITIES - 1, Math.trunc(delivery.effect.priority)));
}

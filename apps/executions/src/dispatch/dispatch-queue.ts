import type { Delivery } from './delivery.js';
import { FairLine } from './fair-line.js';

const PRIORITIES = 10;
/** A priority that was passed over so often is served once, so that none waits for ever. */
const PATIENCE = 20;

/**
 * Deliveries of one pool and step type that wait for capacity: higher priority first, within one the organizations in
 * turn, and of an organization in the order they came.
 */
export class DispatchQueue {
  private readonly lines = Array.from({ length: PRIORITIES }, () => new FairLine());
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
    this.lines[levelOf(delivery)]?.push(delivery);
    this.size++;
  }

  /** The next that is still wanted. */
  shift(): Delivery | undefined {
    for (let line = this.nextLine(); line; line = this.nextLine()) {
      const delivery = line.shift();
      this.size--;
      if (delivery?.state !== 'queued') continue;
      line.passedOver = 0;
      for (const lower of this.lines) {
        if (lower === line) break;
        if (lower.length > 0) lower.passedOver++;
      }
      return delivery;
    }
    return undefined;
  }

  private nextLine(): FairLine | undefined {
    return (
      this.lines.find((line) => line.length > 0 && line.passedOver >= PATIENCE) ??
      this.lines.findLast((line) => line.length > 0)
    );
  }
}

function levelOf(delivery: Delivery): number {
  return Math.max(0, Math.min(PRIORITIES - 1, Math.trunc(delivery.effect.priority)));
}

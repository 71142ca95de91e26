import type { Delivery } from './delivery.js';

const COMPACT_AFTER = 1_024;

/** Deliveries of one priority: organizations take turns, and within one the first come is the first served. */
export class FairLine {
  /** The order of the map is the order of turns. */
  private readonly organizations = new Map<string, { deliveries: Delivery[]; head: number }>();
  private size = 0;
  /** How often a line of higher priority went first since this one was last served. */
  passedOver = 0;

  get length(): number {
    return this.size;
  }

  push(delivery: Delivery): void {
    const { organizationId } = delivery.run.identity;
    const line = this.organizations.get(organizationId);
    if (line) line.deliveries.push(delivery);
    else this.organizations.set(organizationId, { deliveries: [delivery], head: 0 });
    this.size++;
  }

  shift(): Delivery | undefined {
    for (const [organizationId, line] of this.organizations) {
      const delivery = line.deliveries[line.head++];
      this.size--;
      this.organizations.delete(organizationId);
      if (line.head >= COMPACT_AFTER) {
        line.deliveries.splice(0, line.head);
        line.head = 0;
      }
      if (line.head < line.deliveries.length) this.organizations.set(organizationId, line);
      return delivery;
    }
    return undefined;
  }
}

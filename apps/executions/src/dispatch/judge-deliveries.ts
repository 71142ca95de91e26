import { DELIVERY_SILENCE_MS } from '@rpa/contracts';
import { SUSPECT_AFTER_CRASHES, type Delivery } from './delivery.js';
import type { HearingClock } from './hearing-clock.js';
import type { KnownWorker } from './known-worker.js';
import type { WorkerRegistry } from './worker-registry.js';

/** A delivery that nobody has any more, and why; see the event `delivery_lost`. */
export interface Lost {
  delivery: Delivery;
  reason: 'worker_died' | 'task_lost' | 'owner_moved';
  shared?: boolean;
}

/** Whether the step will not be sent again: it was alone, and not for the first time. */
export function isConvicted({ delivery, reason, shared }: Lost): boolean {
  return reason === 'worker_died' && !shared && (delivery.effect.crashes ?? 0) >= SUSPECT_AFTER_CRASHES;
}

/**
 * Which deliveries are lost: all of a worker that is silent, and those that a living worker does not list. A step is blamed
 * for the death of its worker without reserve only where nothing else was with it, whoever sent it.
 */
export function judgeDeliveries(
  deliveries: Iterable<Delivery>,
  { registry, clock }: { registry: WorkerRegistry; clock: HearingClock },
): Lost[] {
  const lost: Lost[] = [];
  const dead = new Map<KnownWorker, Delivery[]>();
  const unplaced: Delivery[] = [];
  for (const delivery of deliveries) {
    if (delivery.state !== 'sent') continue;
    const { holder, heardAt } = delivery;
    const isUnlisted = clock.now - heardAt > DELIVERY_SILENCE_MS;
    if (holder && registry.isSilent(holder)) {
      const all = dead.get(holder);
      if (all) all.push(delivery);
      else dead.set(holder, [delivery]);
    } else if (isUnlisted && holder) lost.push({ delivery, reason: 'task_lost' });
    else if (isUnlisted) unplaced.push(delivery);
  }
  for (const [worker, all] of dead) {
    const tasks = new Set([...worker.running, ...all.map(({ key }) => key)]);
    for (const delivery of likeliestFirst(all))
      lost.push({ delivery, reason: 'worker_died', shared: !delivery.alone && tasks.size > 1 });
  }
  for (const delivery of unplaced) lost.push({ delivery, reason: 'worker_died', shared: unplaced.length > 1 });
  return lost;
}

/** Who came last before a death is the likeliest cause, and so the first to be tried alone. */
function likeliestFirst(deliveries: Delivery[]): Delivery[] {
  const seenBefore = deliveries.filter(({ effect }) => effect.crashes);
  return [...seenBefore, ...deliveries.filter(({ effect }) => !effect.crashes).reverse()];
}

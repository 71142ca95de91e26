import type { DispatchEffect } from '@rpa/engine';
import { attemptKey, type LiveRun } from '../runs/live-run.js';
import { taskKey, type Delivery } from './delivery.js';
import { DispatchQueue } from './dispatch-queue.js';

/** All deliveries that are open, and the queues of those that wait: one for each pool and step type. */
export class OpenDeliveries {
  private readonly queues = new Map<string, DispatchQueue>();
  private readonly open = new Map<string, Delivery>();

  get inFlight(): number {
    let sum = 0;
    for (const queue of this.queues.values()) sum += queue.inFlight;
    return sum;
  }

  get queued(): number {
    let sum = 0;
    for (const queue of this.queues.values()) sum += queue.length;
    return sum;
  }

  get(key: string): Delivery | undefined {
    return this.open.get(key);
  }

  all(): Iterable<Delivery> {
    return this.open.values();
  }

  allQueues(): Iterable<DispatchQueue> {
    return this.queues.values();
  }

  queueOf({ pool, stepType }: DispatchEffect): DispatchQueue {
    const name = `${pool} ${stepType}`;
    let queue = this.queues.get(name);
    if (!queue) this.queues.set(name, (queue = new DispatchQueue(pool, stepType)));
    return queue;
  }

  add(run: LiveRun, effect: DispatchEffect, state: Delivery['state']): Delivery {
    const { path, attempt, delivery: number } = effect;
    const ref = { executionId: run.id, path, attempt, delivery: number };
    const delivery: Delivery = { run, effect, ref, state, heardAt: 0, deadlineAt: Infinity, worker: null };
    run.deliveries.set(attemptKey(path, attempt), delivery);
    this.open.set(taskKey(ref), delivery);
    return delivery;
  }

  /** Nothing that still comes for it counts. Returns the queue that has room now, null when it was closed before. */
  close(delivery: Delivery): DispatchQueue | null {
    if (delivery.state === 'closed') return null;
    const queue = this.queueOf(delivery.effect);
    if (delivery.state === 'sent') queue.inFlight--;
    delivery.state = 'closed';
    if (this.open.get(taskKey(delivery.ref)) === delivery) this.open.delete(taskKey(delivery.ref));
    const key = attemptKey(delivery.ref.path, delivery.ref.attempt);
    if (delivery.run.deliveries.get(key) === delivery) delivery.run.deliveries.delete(key);
    return queue;
  }

  forgetIdleQueues(): void {
    for (const [name, queue] of this.queues) if (queue.length === 0 && queue.inFlight === 0) this.queues.delete(name);
  }
}

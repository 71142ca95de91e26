import type { DispatchEffect } from '@rpa/engine';
import { attemptKey, type LiveRun } from '../runs/live-run.js';
import { SUSPECT_AFTER_CRASHES, taskKey, type Delivery } from './delivery.js';
import { DispatchQueue } from './dispatch-queue.js';
import type { KnownWorker } from './known-worker.js';

/** All deliveries that are open, and the queues of those that wait: one for each pool and step type. */
export class OpenDeliveries {
  private readonly queues = new Map<string, DispatchQueue>();
  private readonly open = new Map<string, Delivery>();
  private sent = 0;

  /** With workers, or on their way. */
  get inFlight(): number {
    return this.sent;
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

  /** Those in which something waits, the one that was served longest ago first. */
  waitingQueues(): DispatchQueue[] {
    return [...this.queues.values()].filter((queue) => queue.length > 0);
  }

  served(queue: DispatchQueue): void {
    const name = nameOf(queue.pool, queue.type);
    if (this.queues.get(name) !== queue) return;
    this.queues.delete(name);
    this.queues.set(name, queue);
  }

  queueOf({ pool, stepType }: DispatchEffect): DispatchQueue {
    const name = nameOf(pool, stepType);
    let queue = this.queues.get(name);
    if (!queue) this.queues.set(name, (queue = new DispatchQueue(pool, stepType)));
    return queue;
  }

  add(run: LiveRun, effect: DispatchEffect, state: Delivery['state']): Delivery {
    const { path, attempt, delivery: number } = effect;
    const ref = { executionId: run.id, path, attempt, delivery: number };
    const delivery: Delivery = {
      run,
      effect,
      ref,
      key: taskKey(ref),
      state,
      heardAt: 0,
      deadlineAt: Infinity,
      holder: null,
      viaGroup: false,
      alone: (effect.crashes ?? 0) >= SUSPECT_AFTER_CRASHES,
    };
    run.deliveries.set(attemptKey(path, attempt), delivery);
    this.open.set(delivery.key, delivery);
    return delivery;
  }

  /** It is with a worker, or on its way to one; `holder` is null where the queue group decides which. */
  hand(delivery: Delivery, holder: KnownWorker | null): void {
    delivery.state = 'sent';
    delivery.holder = holder;
    delivery.viaGroup = holder === null;
    this.sent++;
    if (holder) holder.took(delivery.alone);
    else this.queueOf(delivery.effect).inFlight++;
  }

  /** A worker says that it has what was sent to all of them. */
  found(delivery: Delivery, holder: KnownWorker): void {
    if (delivery.holder === holder) return;
    delivery.holder?.gave(delivery.alone);
    delivery.holder = holder;
    holder.took(delivery.alone);
  }

  /** No worker has it any more. */
  takeBack(delivery: Delivery): void {
    this.sent--;
    delivery.holder?.gave(delivery.alone);
    if (delivery.viaGroup) this.queueOf(delivery.effect).inFlight--;
    delivery.holder = null;
  }

  /** Nothing that still comes for it counts. False when it was closed before. */
  close(delivery: Delivery): boolean {
    if (delivery.state === 'closed') return false;
    if (delivery.state === 'sent') this.takeBack(delivery);
    delivery.state = 'closed';
    if (this.open.get(delivery.key) === delivery) this.open.delete(delivery.key);
    const key = attemptKey(delivery.ref.path, delivery.ref.attempt);
    if (delivery.run.deliveries.get(key) === delivery) delivery.run.deliveries.delete(key);
    return true;
  }

  forgetIdleQueues(): void {
    for (const [name, queue] of this.queues) if (queue.length === 0 && queue.inFlight === 0) this.queues.delete(name);
  }
}

function nameOf(pool: string, type: string): string {
  return `${pool} ${type}`;
}

import { BUSY_RETRY_MS, TASK_SUBJECTS, type StepError, type TaskBusy } from '@rpa/contracts';
import { encodeBody, NoResponders, type Bus } from '@rpa/messaging';
import type { Identity, Logger } from '@rpa/platform';
import { buildTask, TASK_LIMIT_BYTES, taskTooLarge } from './build-task.js';
import type { Delivery } from './delivery.js';
import type { DispatchQueue } from './dispatch-queue.js';
import type { HearingClock } from './hearing-clock.js';
import type { KnownWorker } from './known-worker.js';
import type { OpenDeliveries } from './open-deliveries.js';
import { SuspectLine } from './suspect-line.js';
import type { WorkerRegistry } from './worker-registry.js';

/** The worker keeps the limit itself and knows more about what happened; the owner only steps in for one that does not. */
const DEADLINE_GRACE_MS = 500;
const ANSWER_GRACE_MS = 60_000;

export interface SendParts {
  bus: Bus;
  identity: Identity;
  logger: Logger;
  registry: WorkerRegistry;
  clock: HearingClock;
  /** This replica, as workers name it in their announcements. */
  replica: string;
  onSent: () => void;
}

export interface SendListener {
  answered(delivery: Delivery, answer: unknown): void;
  failed(delivery: Delivery, error: StepError): void;
}

/** Sends deliveries to workers with free capacity; those for which there is none wait in their queue. */
export class SendTasks {
  private readonly suspects: SuspectLine;

  constructor(
    private readonly deliveries: OpenDeliveries,
    private readonly parts: SendParts,
    private readonly listener: SendListener,
  ) {
    this.suspects = new SuspectLine(parts.registry);
  }

  get suspected(): number {
    return this.suspects.length;
  }

  /** Now, or when there is capacity. */
  add(delivery: Delivery): void {
    const { pool, stepType } = delivery.effect;
    // Workers that share a queue group cannot be asked to run nothing beside it.
    if (delivery.alone && this.parts.registry.idlest(pool, stepType)) {
      this.suspects.push(delivery);
      return this.serveSuspects();
    }
    this.addInnocent(delivery);
  }

  private addInnocent(delivery: Delivery): void {
    delivery.alone = false;
    const queue = this.deliveries.queueOf(delivery.effect);
    queue.push(delivery);
    this.fill(queue);
  }

  fillAll(): void {
    this.serveSuspects();
    // Types that share workers take turns: what comes free goes to the queue that was served longest ago.
    for (let waiting = this.deliveries.waitingQueues(); waiting.length > 0;) {
      waiting = waiting.filter((queue) => this.sendNext(queue));
      for (const queue of waiting) this.deliveries.served(queue);
    }
  }

  /** The one who did it was found: the others only happened to be there. */
  pardonSuspects(): void {
    for (const delivery of this.suspects.clear()) this.addInnocent(delivery);
  }

  handedOver(delivery: Delivery): void {
    delivery.heardAt = this.parts.clock.now;
    delivery.deadlineAt = Date.now() + delivery.effect.timeoutMs + DEADLINE_GRACE_MS;
  }

  private fill(queue: DispatchQueue): void {
    while (this.sendNext(queue));
  }

  /** False: nothing waits here, or there is no room for it. */
  private sendNext(queue: DispatchQueue): boolean {
    const { registry, bus } = this.parts;
    if (queue.length === 0 || !bus.connected) return false;
    const worker = registry.roomiest(queue.pool, queue.type);
    if (!worker && !this.hasSharedRoom(queue)) return false;
    const delivery = queue.shift();
    if (!delivery) return false;
    void this.send(delivery, worker);
    return true;
  }

  private hasSharedRoom(queue: DispatchQueue): boolean {
    if (performance.now() < queue.pausedUntil) return false;
    return queue.room(this.parts.registry.sharedCapacity(queue.pool, queue.type)) > 0;
  }

  private serveSuspects(): void {
    if (this.suspects.length === 0 || !this.parts.bus.connected) return;
    this.suspects.serve(
      (delivery, worker, since) => void this.send(delivery, worker, since),
      (delivery) => this.addInnocent(delivery),
    );
  }

  private async send(delivery: Delivery, worker: KnownWorker | null, since?: number): Promise<void> {
    const { bus, replica, identity, logger, onSent } = this.parts;
    const { effect, run } = delivery;
    this.deliveries.hand(delivery, worker);
    this.handedOver(delivery);
    try {
      const built = buildTask(delivery, replica, identity);
      const task = built instanceof Promise ? await built : built;
      if (isClosed(delivery)) return;
      const body = encodeBody(task);
      if (body.length > TASK_LIMIT_BYTES) return this.listener.failed(delivery, taskTooLarge(body.length));
      this.handedOver(delivery);
      onSent();
      const subject = worker
        ? TASK_SUBJECTS.addressed(worker.worker)
        : TASK_SUBJECTS.direct(effect.pool, effect.stepType);
      const trace = run.identity.traceparent ? { traceparent: run.identity.traceparent } : {};
      const answer = await bus.ask(subject, body, effect.timeoutMs + ANSWER_GRACE_MS, trace);
      if ((answer as Partial<TaskBusy> | null)?.busy === true) this.postpone(delivery, worker, since);
      else this.listener.answered(delivery, answer);
    } catch (error) {
      if (error instanceof NoResponders) {
        worker?.gone();
        this.postpone(delivery, worker, since);
      }
      // Otherwise it may be running: announcements, the deadline or the worker's report decide.
      else logger.debug({ err: error, executionId: run.id, path: effect.path }, 'A task was not answered');
    }
  }

  /** Nothing was started: the same delivery goes back to the queue. */
  private postpone(delivery: Delivery, worker: KnownWorker | null, since?: number): void {
    if (delivery.state !== 'sent') return;
    this.deliveries.takeBack(delivery);
    delivery.state = 'queued';
    if (delivery.alone) return this.suspects.push(delivery, worker, since);
    const queue = this.deliveries.queueOf(delivery.effect);
    queue.push(delivery);
    if (worker) {
      worker.refused();
      return this.fill(queue);
    }
    queue.refused();
    queue.pausedUntil = performance.now() + BUSY_RETRY_MS;
    setTimeout(() => this.fill(queue), BUSY_RETRY_MS + 1).unref();
  }
}

function isClosed(delivery: Delivery): boolean {
  return delivery.state === 'closed';
}

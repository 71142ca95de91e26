import {
  BUSY_RETRY_MS,
  DELIVERY_SILENCE_MS,
  TASK_SUBJECTS,
  type StepError,
  type TaskBusy,
  type TaskRef,
  type TaskResult,
  type WorkerControl,
} from '@rpa/contracts';
import type { DispatchEffect, RunEvent } from '@rpa/engine';
import { encodeBody, NoResponders, type Bus } from '@rpa/messaging';
import type { Identity, Logger } from '@rpa/platform';
import { attemptKey, type LiveRun, type Stimulus } from '../runs/live-run.js';
import type { Acknowledgements } from './acknowledgements.js';
import { buildTask, TASK_LIMIT_BYTES, taskTooLarge } from './build-task.js';
import { taskKey, type Delivery } from './delivery.js';
import type { DispatchQueue } from './dispatch-queue.js';
import type { HearingClock } from './hearing-clock.js';
import { OpenDeliveries } from './open-deliveries.js';
import { isResultOf, readOutcome } from './read-result.js';
import type { WorkerRegistry } from './worker-registry.js';

/** The worker keeps the limit itself and knows more about what happened; the owner only steps in for one that does not. */
const DEADLINE_GRACE_MS = 500;
const ANSWER_GRACE_MS = 60_000;
/** In this time every worker has announced itself at least once. */
const ANNOUNCED_WITHIN_MS = 1_200;

export interface DispatcherParts {
  bus: Bus;
  identity: Identity;
  logger: Logger;
  registry: WorkerRegistry;
  clock: HearingClock;
  acknowledgements: Acknowledgements;
  /** This replica, as workers name it in their announcements. */
  replica: string;
  /** Hands an event to a run that is in memory. */
  stimulate: (run: LiveRun, stimulus: Stimulus) => void;
  onSent: () => void;
  /** The step wrote lines into the log of its execution. */
  onLogs: (run: LiveRun, result: TaskResult) => void;
}

/** Gets steps to workers and learns what became of them. Only the owner of a run does this. */
export class Dispatcher {
  private readonly deliveries = new OpenDeliveries();

  constructor(private readonly parts: DispatcherParts) {}

  /** Deliveries with workers, and those that wait for one. */
  get load(): { inFlight: number; queued: number } {
    return { inFlight: this.deliveries.inFlight, queued: this.deliveries.queued };
  }

  /** Hands a step over, now or when there is capacity. Its delivery has been committed. */
  dispatch(run: LiveRun, effect: DispatchEffect): void {
    const delivery = this.deliveries.add(run, effect, 'queued');
    const queue = this.deliveries.queueOf(effect);
    queue.push(delivery);
    this.fill(queue);
  }

  /**
   * Takes up a delivery of a former owner: it may be running. Every worker lists what it runs, so when all have spoken
   * since the former owner can have sent anything, a task that none has listed is lost.
   */
  takeUp(run: LiveRun, effect: DispatchEffect, ownerMayHaveJustSent: boolean): void {
    const { clock } = this.parts;
    const delivery = this.deliveries.add(run, effect, 'doubtful');
    delivery.heardAt = ownerMayHaveJustSent ? clock.now + ANNOUNCED_WITHIN_MS : ANNOUNCED_WITHIN_MS;
    this.judge(delivery);
  }

  /** The attempt is closed; whoever runs it shall stop. */
  abort(run: LiveRun, path: string, attempt: number): void {
    const delivery = run.deliveries.get(attemptKey(path, attempt));
    if (!delivery) return;
    const { state, worker, ref, effect } = delivery;
    this.close(delivery);
    if (state === 'queued') return;
    const workers = worker ? [worker] : this.parts.registry.workersFor(effect.pool, effect.stepType);
    const message: WorkerControl = { kind: 'abort', task: ref };
    if (this.parts.bus.connected)
      for (const each of workers) this.parts.bus.publish(TASK_SUBJECTS.worker(each), message);
  }

  /** A result has come by another way than the answer to the task. */
  settle(run: LiveRun, path: string, attempt: number): void {
    const delivery = run.deliveries.get(attemptKey(path, attempt));
    if (delivery) this.close(delivery);
  }

  /** Forgets all deliveries of a run that is not ours any more. */
  drop(run: LiveRun): void {
    for (const delivery of [...run.deliveries.values()]) this.close(delivery);
  }

  hear(body: unknown): void {
    const worker = this.parts.registry.hear(body);
    if (!worker) return;
    for (const key of worker.running) {
      const delivery = this.deliveries.get(key);
      if (delivery?.state !== 'sent') continue;
      delivery.worker = worker.worker;
      delivery.heardAt = this.parts.clock.now;
    }
    for (const queue of this.deliveries.allQueues())
      if (queue.pool === worker.pool && worker.types.has(queue.type)) {
        if (worker.free > 0) queue.widen(worker.free);
        this.fill(queue);
      }
  }

  /** Looks for deliveries that are late or lost; several times a second. */
  tick(): void {
    this.parts.clock.advance();
    this.parts.registry.forgetSilent();
    for (const delivery of this.deliveries.all()) this.judge(delivery);
    this.deliveries.forgetIdleQueues();
    for (const queue of this.deliveries.allQueues()) this.fill(queue);
  }

  private judge(delivery: Delivery): void {
    const { registry, clock } = this.parts;
    if (delivery.state === 'doubtful') {
      delivery.worker = registry.holderOf(taskKey(delivery.ref));
      if (delivery.worker) {
        this.handedOver(delivery);
        delivery.state = 'sent';
        this.deliveries.queueOf(delivery.effect).inFlight++;
      } else if (clock.now >= delivery.heardAt) this.lose(delivery, 'owner_moved');
    } else if (delivery.state === 'sent') {
      if (Date.now() > delivery.deadlineAt) {
        const { path, attempt } = delivery.ref;
        delivery.deadlineAt = Infinity;
        this.tell(delivery, { type: 'deadline_passed', at: Date.now(), path, attempt });
      } else if (clock.now - delivery.heardAt > DELIVERY_SILENCE_MS) this.lose(delivery, 'worker_died');
    }
  }

  private fill(queue: DispatchQueue): void {
    if (queue.length === 0 || !this.parts.bus.connected || performance.now() < queue.pausedUntil) return;
    const capacity = this.parts.registry.capacityFor(queue.pool, queue.type);
    while (queue.room(capacity) > 0) {
      const delivery = queue.shift();
      if (!delivery) return;
      void this.send(queue, delivery);
    }
  }

  private async send(queue: DispatchQueue, delivery: Delivery): Promise<void> {
    const { bus, replica, identity, onSent } = this.parts;
    const { effect, run } = delivery;
    delivery.state = 'sent';
    queue.inFlight++;
    this.handedOver(delivery);
    try {
      const built = buildTask(delivery, replica, identity);
      const task = built instanceof Promise ? await built : built;
      if (isClosed(delivery)) return;
      const body = encodeBody(task);
      if (body.length > TASK_LIMIT_BYTES) return this.fail(delivery, taskTooLarge(body.length));
      this.handedOver(delivery);
      onSent();
      const subject = TASK_SUBJECTS.direct(effect.pool, effect.stepType);
      const trace = run.identity.traceparent ? { traceparent: run.identity.traceparent } : {};
      this.take(queue, delivery, await bus.ask(subject, body, effect.timeoutMs + ANSWER_GRACE_MS, trace));
    } catch (error) {
      if (error instanceof NoResponders) this.postpone(queue, delivery);
      // Otherwise it may be running: announcements, the deadline or the worker's report decide.
      else this.parts.logger.debug({ err: error, executionId: run.id, path: effect.path }, 'A task was not answered');
    }
  }

  private take(queue: DispatchQueue, delivery: Delivery, answer: unknown): void {
    if ((answer as Partial<TaskBusy> | null)?.busy === true) return this.postpone(queue, delivery);
    if (!isResultOf(answer, delivery.ref)) {
      const error = { code: 'bad_result', message: 'The worker answered with something that is no result.' };
      return this.fail(delivery, { ...error, retryable: false });
    }
    this.takeResult(delivery, answer);
  }

  private takeResult(delivery: Delivery, result: TaskResult): void {
    const { run, ref } = delivery;
    const { worker } = result;
    if (result.logs) this.parts.onLogs(run, result);
    const answered: TaskRef = { ...ref, delivery: result.delivery };
    if (run.ended) return this.parts.acknowledgements.add(worker, answered);
    if (run.dropped) return;
    this.deliveries.queueOf(delivery.effect).widen(1);
    this.close(delivery);
    // A delivery that was given up may still be the first to answer; the one that followed it is not waited for.
    this.settle(run, ref.path, ref.attempt);
    this.parts.stimulate(run, {
      event: {
        type: 'step_result',
        at: Date.now(),
        path: ref.path,
        attempt: ref.attempt,
        outcome: readOutcome(result.outcome),
      },
      settled: () => this.parts.acknowledgements.add(worker, answered),
    });
  }

  /** Nothing was started: the same delivery goes back to the queue. */
  private postpone(queue: DispatchQueue, delivery: Delivery): void {
    if (delivery.state !== 'sent') return;
    queue.inFlight--;
    queue.refused();
    delivery.state = 'queued';
    queue.push(delivery);
    queue.pausedUntil = performance.now() + BUSY_RETRY_MS;
    setTimeout(() => this.fill(queue), BUSY_RETRY_MS + 1).unref();
  }

  private fail(delivery: Delivery, error: StepError): void {
    const { path, attempt } = delivery.ref;
    this.close(delivery);
    this.tell(delivery, { type: 'step_result', at: Date.now(), path, attempt, outcome: { status: 'failed', error } });
  }

  private lose(delivery: Delivery, reason: 'worker_died' | 'owner_moved'): void {
    const { path, attempt, delivery: number } = delivery.ref;
    this.close(delivery);
    this.tell(delivery, { type: 'delivery_lost', at: Date.now(), path, attempt, delivery: number, reason });
  }

  private tell(delivery: Delivery, event: RunEvent): void {
    if (!delivery.run.dropped) this.parts.stimulate(delivery.run, { event });
  }

  private handedOver(delivery: Delivery): void {
    delivery.heardAt = this.parts.clock.now;
    delivery.deadlineAt = Date.now() + delivery.effect.timeoutMs + DEADLINE_GRACE_MS;
  }

  private close(delivery: Delivery): void {
    const queue = this.deliveries.close(delivery);
    if (queue) this.fill(queue);
  }
}

function isClosed(delivery: Delivery): boolean {
  return delivery.state === 'closed';
}

import { TASK_SUBJECTS, type StepError, type TaskRef, type TaskResult, type WorkerControl } from '@rpa/contracts';
import type { DispatchEffect, RunEvent } from '@rpa/engine';
import { attemptKey, type LiveRun, type Stimulus } from '../runs/live-run.js';
import type { Acknowledgements } from './acknowledgements.js';
import type { Delivery } from './delivery.js';
import { isConvicted, judgeDeliveries, type Lost } from './judge-deliveries.js';
import { OpenDeliveries } from './open-deliveries.js';
import { isResultOf, readOutcome } from './read-result.js';
import { SendTasks, type SendListener, type SendParts } from './send-tasks.js';

/** In this time every worker has announced itself at least once. */
const ANNOUNCED_WITHIN_MS = 1_200;

export interface DispatcherParts extends SendParts {
  acknowledgements: Acknowledgements;
  /** Hands an event to a run that is in memory. */
  stimulate: (run: LiveRun, stimulus: Stimulus) => void;
  /** The step wrote lines into the log of its execution. */
  onLogs: (run: LiveRun, result: TaskResult) => void;
}

/** Gets steps to workers and learns what became of them. Only the owner of a run does this. */
export class Dispatcher implements SendListener {
  private readonly deliveries = new OpenDeliveries();
  private readonly tasks: SendTasks;

  constructor(private readonly parts: DispatcherParts) {
    this.tasks = new SendTasks(this.deliveries, parts, this);
  }

  /** Deliveries with workers, and those that wait for one. */
  get load(): { inFlight: number; queued: number } {
    return { inFlight: this.deliveries.inFlight, queued: this.deliveries.queued + this.tasks.suspected };
  }

  /** Hands a step over, now or when there is capacity. Its delivery has been committed. */
  dispatch(run: LiveRun, effect: DispatchEffect): void {
    this.tasks.add(this.deliveries.add(run, effect, 'queued'));
  }

  /**
   * Takes up a delivery of a former owner: it may be running. Every worker lists what it runs, so when all have spoken
   * since the former owner can have sent anything, a task that none has listed is lost.
   */
  takeUp(run: LiveRun, effect: DispatchEffect, ownerMayHaveJustSent: boolean): void {
    const { clock } = this.parts;
    const delivery = this.deliveries.add(run, effect, 'doubtful');
    delivery.heardAt = ownerMayHaveJustSent ? clock.now + ANNOUNCED_WITHIN_MS : ANNOUNCED_WITHIN_MS;
    this.doubt(delivery);
  }

  /** The attempt is closed; whoever runs it shall stop. */
  abort(run: LiveRun, path: string, attempt: number): void {
    const delivery = run.deliveries.get(attemptKey(path, attempt));
    if (!delivery) return;
    const { state, holder, ref, effect } = delivery;
    this.close(delivery);
    if (state === 'queued' || !this.parts.bus.connected) return;
    const workers = holder ? [holder] : this.parts.registry.workersFor(effect.pool, effect.stepType);
    const message: WorkerControl = { kind: 'abort', task: ref };
    for (const { worker } of workers) this.parts.bus.publish(TASK_SUBJECTS.worker(worker), message);
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
      this.deliveries.found(delivery, worker);
      delivery.heardAt = this.parts.clock.now;
    }
    for (const queue of this.deliveries.allQueues())
      if (!worker.addressed && queue.pool === worker.pool && worker.types.has(queue.type) && worker.room > 0)
        queue.widen(worker.room);
    this.tasks.fillAll();
  }

  /** Looks for deliveries that are late or lost; several times a second. */
  tick(): void {
    this.parts.clock.advance();
    this.parts.registry.forgetSilent();
    for (const delivery of this.deliveries.all())
      if (delivery.state === 'doubtful') this.doubt(delivery);
      else if (delivery.state === 'sent' && Date.now() > delivery.deadlineAt) this.expire(delivery);
    const lost = judgeDeliveries(this.deliveries.all(), this.parts);
    for (const each of lost) this.lose(each);
    if (lost.some(isConvicted)) this.tasks.pardonSuspects();
    this.deliveries.forgetIdleQueues();
    this.tasks.fillAll();
  }

  answered(delivery: Delivery, answer: unknown): void {
    if (isResultOf(answer, delivery.ref)) return this.takeResult(delivery, answer);
    const error = { code: 'bad_result', message: 'The worker answered with something that is no result.' };
    this.failed(delivery, { ...error, retryable: false });
  }

  failed(delivery: Delivery, error: StepError): void {
    const { path, attempt } = delivery.ref;
    this.close(delivery);
    this.tell(delivery, { type: 'step_result', at: Date.now(), path, attempt, outcome: { status: 'failed', error } });
  }

  private takeResult(delivery: Delivery, result: TaskResult): void {
    const { run, ref } = delivery;
    const { worker } = result;
    if (result.logs) this.parts.onLogs(run, result);
    const answered: TaskRef = { ...ref, delivery: result.delivery };
    if (run.ended) return this.parts.acknowledgements.add(worker, answered);
    if (run.dropped) return;
    if (delivery.viaGroup) this.deliveries.queueOf(delivery.effect).widen(1);
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

  private doubt(delivery: Delivery): void {
    const holder = this.parts.registry.holderOf(delivery.key);
    if (holder) {
      this.deliveries.hand(delivery, holder);
      this.tasks.handedOver(delivery);
    } else if (this.parts.clock.now >= delivery.heardAt) this.lose({ delivery, reason: 'owner_moved' });
  }

  private expire(delivery: Delivery): void {
    const { path, attempt } = delivery.ref;
    delivery.deadlineAt = Infinity;
    this.tell(delivery, { type: 'deadline_passed', at: Date.now(), path, attempt });
  }

  private lose({ delivery, ...why }: Lost): void {
    const { path, attempt, delivery: number } = delivery.ref;
    this.close(delivery);
    this.tell(delivery, { type: 'delivery_lost', at: Date.now(), path, attempt, delivery: number, ...why });
  }

  private tell(delivery: Delivery, event: RunEvent): void {
    if (!delivery.run.dropped) this.parts.stimulate(delivery.run, { event });
  }

  private close(delivery: Delivery): void {
    if (this.deliveries.close(delivery)) this.tasks.fillAll();
  }
}

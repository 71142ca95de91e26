import {
  ALONE_RESERVE_MS,
  ANNOUNCE_INTERVAL_MS,
  reportResult,
  requestStepStart,
  RESULT_RETRY_MS,
  TASK_SUBJECTS,
  type StepTask,
  type TaskRef,
  type TaskResult,
  type WorkerAnnouncement,
  type WorkerControl,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { Identity } from '@rpa/platform';
import { testNats } from '@rpa/testing';
import { natsUrl } from './nats.js';
import { SECRETS } from './secrets.js';

export type Work = (task: StepTask, headers: { traceparent: string | null }) => Promise<TaskResult['outcome']>;

export interface WorkerOptions {
  worker: string;
  types: string[];
  capacity?: number;
  /** It takes tasks that are sent to itself, and runs nothing beside one that wants to be alone. */
  addressed?: boolean;
  work: Work;
}

interface Running {
  task: StepTask;
  result?: TaskResult;
}

/** A worker that speaks the task protocol: announces, runs, keeps each result until it is acknowledged, reports it. */
export class WorkerPeer {
  /** Every delivery that was taken. */
  readonly taken: StepTask[] = [];
  readonly aborted: TaskRef[] = [];
  readonly acknowledged: TaskRef[] = [];
  private readonly running = new Map<string, Running>();
  private readonly timers: NodeJS.Timeout[] = [];
  private reservedUntil = 0;
  private isFrozen = false;

  private constructor(
    private readonly bus: Bus,
    private readonly identity: Identity,
    private readonly options: WorkerOptions,
  ) {}

  static async start(options: WorkerOptions): Promise<WorkerPeer> {
    const { password } = testNats('worker');
    const servers = [natsUrl()];
    const bus = await connectBus({ service: 'worker', servers, user: 'worker', password });
    const identity = await Identity.load({
      service: 'worker',
      identityKey: SECRETS.identityKeys.worker,
      trustedKeys: SECRETS.trustedKeys,
    });
    const peer = new WorkerPeer(bus, identity, options);
    for (const type of options.types)
      bus.subscribe(
        TASK_SUBJECTS.direct('default', type),
        (body, msg) => void peer.take(body as StepTask, msg),
        'workers',
      );
    if (options.addressed)
      bus.subscribe(TASK_SUBJECTS.addressed(options.worker), (body, msg) => void peer.take(body as StepTask, msg));
    bus.subscribe(TASK_SUBJECTS.worker(options.worker), (body) => peer.control(body as WorkerControl));
    peer.timers.push(setInterval(() => peer.announce(), ANNOUNCE_INTERVAL_MS));
    peer.timers.push(setInterval(() => void peer.report(), RESULT_RETRY_MS));
    peer.announce();
    return peer;
  }

  /** As a process that was stopped: its subscriptions stay, but it does nothing and says nothing. */
  freeze(): void {
    this.isFrozen = true;
  }

  /** As a process that was killed: it says and does nothing any more. */
  async kill(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.bus.connection.close();
  }

  requestStart(task: StepTask): Promise<boolean> {
    const { executionId, path, attempt } = task;
    return this.asService((principal) =>
      this.bus.request(requestStepStart, { executionId, path, attempt, worker: this.options.worker }, { principal }),
    ).then((reply) => reply.granted);
  }

  async reportNow(result: TaskResult): Promise<void> {
    await this.asService((principal) => this.bus.request(reportResult, { result }, { principal }));
  }

  private async take(
    task: StepTask,
    msg: { respond(data: Uint8Array): boolean; headers?: { get(name: string): string } },
  ): Promise<void> {
    const { worker, capacity = 50, work } = this.options;
    if (this.isFrozen) {
      this.taken.push(task);
      return;
    }
    const isOccupied = this.busy > 0;
    const isAlone = [...this.running.values()].some((other) => other.task.alone && !other.result);
    if (task.alone && isOccupied) this.reservedUntil = Date.now() + ALONE_RESERVE_MS;
    const isKept = isAlone || (task.alone ? isOccupied : Date.now() < this.reservedUntil);
    if (this.busy >= capacity || isKept) {
      msg.respond(encodeBody({ busy: true, worker }));
      return;
    }
    const key = `${task.executionId} ${task.path} ${task.attempt} ${task.delivery}`;
    const running: Running = { task };
    this.taken.push(task);
    this.running.set(key, running);
    const outcome = await work(task, { traceparent: msg.headers?.get('traceparent') || null });
    const { executionId, path, attempt, delivery, organizationId } = task;
    running.result = { executionId, path, attempt, delivery, organizationId, worker, outcome, tookMs: 1 };
    if (!this.bus.connection.isClosed()) msg.respond(encodeBody(running.result));
  }

  /** What it only keeps until it is acknowledged takes no capacity. */
  private get busy(): number {
    return [...this.running.values()].filter(({ result }) => !result).length;
  }

  private control(message: WorkerControl): void {
    if (message.kind === 'abort') {
      this.aborted.push(message.task);
      return;
    }
    for (const ref of message.tasks) {
      this.acknowledged.push(ref);
      this.running.delete(`${ref.executionId} ${ref.path} ${ref.attempt} ${ref.delivery}`);
    }
  }

  private announce(): void {
    const { worker, types, capacity = 50, addressed } = this.options;
    if (this.isFrozen) return;
    const running: WorkerAnnouncement['running'] = {};
    for (const { task } of this.running.values()) {
      const { executionId, path, attempt, delivery, owner } = task;
      (running[owner] ??= []).push({ executionId, path, attempt, delivery });
    }
    const free = capacity - this.busy;
    const head = { worker, pool: 'default', types, capacity, free };
    const said: WorkerAnnouncement = { ...head, running, ...(addressed && { addressed }) };
    if (this.bus.connected) this.bus.publish(TASK_SUBJECTS.announce, said);
  }

  private async report(): Promise<void> {
    for (const [key, { result }] of this.running) {
      if (!result) continue;
      const reported = await this.reportNow(result).then(
        () => true,
        () => false,
      );
      if (reported) this.running.delete(key);
    }
  }

  private async asService<T>(send: (principal: string) => Promise<T>): Promise<T> {
    return send(await this.identity.serviceToken());
  }
}

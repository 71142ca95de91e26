import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { propagation, ROOT_CONTEXT, SpanKind, trace, type Span } from '@opentelemetry/api';
import { HEADERS, TASK_SUBJECTS, type StepTask, type TaskBusy, type TaskResult } from '@rpa/contracts';
import { FilesClient } from '@rpa/files';
import type { Msg, Subscription } from '@rpa/messaging';
import { createHttpClient } from '../http/http-client.js';
import type { Step } from '../step/define-step.js';
import { toStepError, StepFailure } from '../step/step-failure.js';
import { WorkerAnnouncer } from './announce-worker.js';
import { CatalogAnnouncer } from './announce-catalog.js';
import type { StepHostOptions } from './host-options.js';
import { KeptAlone } from './kept-alone.js';
import { KeptResults } from './kept-results.js';
import { attemptKey, readControl, readTask } from './read-messages.js';
import { runAttempt, type AttemptEnd, type AttemptMeans } from './run-attempt.js';
import { requestStart } from './request-start.js';
import { RunningTask } from './running-task.js';
import { ShipLogs } from './ship-logs.js';

/** Unacknowledged results per place: beyond, the worker takes nothing new until somebody acknowledges. */
const KEPT_PER_PLACE = 4;
const HAND_OVER_MS = 2_000;
const DRAIN_MS = 5_000;

/** Runs steps for the owners of executions: the worker's side of the task protocol. */
export class StepHost {
  readonly workerId: string;
  private readonly running = new Map<string, RunningTask>();
  private readonly steps: ReadonlyMap<string, Step>;
  private readonly subscriptions: Subscription[] = [];
  private readonly results: KeptResults;
  private readonly announcer: WorkerAnnouncer;
  private readonly catalog: CatalogAnnouncer;
  private readonly means: AttemptMeans;
  private readonly alone = new KeptAlone();
  private readonly took: ReturnType<StepHostOptions['metrics']['histogram']>;
  private isDraining = false;
  private stopped: Promise<void> | null = null;

  constructor(private readonly options: StepHostOptions) {
    const { bus, metrics, steps, pool, capacity } = options;
    this.workerId =
      options.workerId ??
      `${hostname()
        .slice(0, 40)
        .replace(/[^\w-]/g, '-')}-${randomUUID().slice(0, 13)}`;
    this.steps = new Map(steps.map((step) => [`${step.id}@${step.version}`, step]));
    const shipLogs = new ShipLogs(options);
    this.means = { ...options, http: createHttpClient(options.egress), files: new FilesClient(options), shipLogs };
    this.took = metrics.histogram(
      'rpa_step_duration_seconds',
      'Time that an attempt of a step took on this worker, by outcome (completed or the error code)',
      ['type', 'outcome'],
      [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    );
    metrics.gauge('rpa_worker_tasks_running', 'Tasks that this worker runs', () => this.running.size);
    metrics.gauge('rpa_worker_results_kept', 'Results that nobody has acknowledged yet', () => this.results.size);
    this.results = new KeptResults(options, () => this.announcer.capacityChanged());
    const types = [...new Set(steps.map((step) => step.id))];
    this.announcer = new WorkerAnnouncer(
      bus,
      { worker: this.workerId, pool, types, capacity },
      {
        free: () => this.free,
        draining: () => this.isDraining,
        tasks: () => this.tasks(),
      },
    );
    this.catalog = new CatalogAnnouncer(options, options.source, steps);
    this.listen(types);
    void this.watchConnection();
    this.announcer.announce();
  }

  /** Whether the catalog knows the step types of this worker. */
  get isInCatalog(): boolean {
    return this.catalog.isKnown;
  }

  /** Takes nothing new, lets running steps finish, hands the results over. What still runs then counts as lost. */
  stop(): Promise<void> {
    this.stopped ??= this.drain();
    return this.stopped;
  }

  private get free(): number {
    const { capacity } = this.options;
    if (this.isDraining || this.alone.isKept) return 0;
    const room = KEPT_PER_PLACE * capacity - this.results.size - this.running.size;
    return Math.max(0, Math.min(capacity - this.running.size, room));
  }

  private *tasks() {
    for (const { task } of this.running.values()) yield { owner: task.owner, ref: task };
    yield* this.results.entries();
  }

  private listen(types: string[]): void {
    const { bus, pool } = this.options;
    const control = bus.subscribe(TASK_SUBJECTS.worker(this.workerId), (body) => this.obey(body));
    const addressed = TASK_SUBJECTS.addressed(this.workerId);
    this.subscriptions.push(
      control,
      bus.subscribe(addressed, (body, msg) => this.take(body, msg)),
    );
    for (const type of types)
      this.subscriptions.push(
        bus.subscribe(TASK_SUBJECTS.direct(pool, type), (body, msg) => this.take(body, msg), TASK_SUBJECTS.workerQueue),
      );
  }

  private obey(body: unknown): void {
    const control = readControl(body);
    if (control?.kind === 'ack') for (const ref of control.tasks) this.results.acknowledge(ref);
    else if (control) this.running.get(attemptKey(control.task))?.cancel();
  }

  private take(body: unknown, msg: Msg): void {
    const task = readTask(body);
    if (typeof task === 'string') {
      this.options.logger.warn({ subject: msg.subject, reason: task }, 'A task could not be read');
      return;
    }
    const key = attemptKey(task);
    const known = this.running.get(key);
    if (known) return known.deliverAgain(task, msg);
    const kept = this.results.redeliver(key, task.delivery, task.owner);
    if (kept) return this.answer(msg, kept);
    if (this.results.isSettled(key)) return;
    if (!this.alone.admits(task, this.running.size) || (this.free === 0 && !task.alone))
      return this.answer(msg, { busy: true, worker: this.workerId });
    this.running.set(key, new RunningTask(task, msg));
    this.announcer.capacityChanged();
    void this.work(key);
  }

  private async work(key: string): Promise<void> {
    const running = this.running.get(key);
    if (!running) return;
    const started = performance.now();
    const end = await this.attempt(running, running.firstMessage.headers?.get(HEADERS.traceparent) || null);
    const tookMs = performance.now() - started;
    running.close();
    this.running.delete(key);
    this.alone.left(running.task);
    if (end) this.settle(running, end, tookMs);
    this.announcer.capacityChanged();
  }

  /** Null when nothing is to be told: the step was not begun, or nobody can say what became of it. */
  private async attempt(running: RunningTask, incoming: string | null): Promise<AttemptEnd | null> {
    const { task } = running;
    const step = this.steps.get(`${task.type}@${task.typeVersion}`);
    if (!step) return { outcome: { status: 'failed', error: toStepError(unknownVersion(task)) } };
    const isOnce = task.sideEffect === 'once';
    if (isOnce && !(await requestStart(this.options, task, this.workerId, running, incoming))) return null;
    const { span, traceparent } = this.openSpan(task, incoming);
    const end = await runAttempt(step, task, this.means, running, traceparent);
    span?.end();
    if (running.isAbandoned) return null;
    return isOnce && end.effectUnknown ? null : end;
  }

  /** Handed on by hand: a context that every promise of the process carries along costs more than a small step. */
  private openSpan(task: StepTask, incoming: string | null): { span: Span | null; traceparent: string | null } {
    if (this.options.traced === false) return { span: null, traceparent: incoming };
    const parent = incoming ? propagation.extract(ROOT_CONTEXT, { traceparent: incoming }) : ROOT_CONTEXT;
    const attributes = { 'rpa.execution': task.executionId, 'rpa.path': task.path, 'rpa.attempt': task.attempt };
    const span = trace.getTracer('rpa').startSpan(`step ${task.type}`, { kind: SpanKind.CONSUMER, attributes }, parent);
    const carrier: { traceparent?: string } = {};
    propagation.inject(trace.setSpan(parent, span), carrier);
    return { span, traceparent: carrier.traceparent ?? incoming };
  }

  private settle(running: RunningTask, end: AttemptEnd, tookMs: number): void {
    const { task } = running;
    const { outcome, logs } = end;
    const result: TaskResult = {
      executionId: task.executionId,
      path: task.path,
      attempt: task.attempt,
      delivery: task.delivery,
      organizationId: task.organizationId,
      worker: this.workerId,
      outcome,
      tookMs: Math.round(tookMs * 1000) / 1000,
      ...(logs && { logs }),
    };
    // Its owner has ended a cancelled attempt already and waits for no result of it.
    if (!running.isCancelled) this.results.keep(result, task.owner);
    for (const message of running.messages) this.answer(message, result);
    const label = outcome.status === 'completed' ? 'completed' : outcome.error.code;
    this.took.observe({ type: task.type, outcome: label }, tookMs / 1000);
    this.options.logger.debug({ executionId: task.executionId, path: task.path, outcome: label }, 'A step ended');
  }

  private answer(msg: Msg, body: TaskResult | TaskBusy): void {
    if (msg.reply && this.options.bus.connected) this.options.bus.publish(msg.reply, body);
  }

  private async watchConnection(): Promise<void> {
    for await (const status of this.options.bus.connection.status()) {
      if (this.stopped) return;
      if (status.type !== 'reconnect') continue;
      this.announcer.announce();
      this.catalog.announce();
    }
  }

  private async drain(): Promise<void> {
    this.isDraining = true;
    this.announcer.announce();
    this.catalog.close();
    this.means.shipLogs.close();
    const [control, ...tasks] = this.subscriptions;
    for (const subscription of tasks) void subscription.drain();
    const until = Date.now() + (this.options.drainMs ?? DRAIN_MS);
    while (this.running.size > 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
    for (const running of this.running.values()) running.abandon();
    await this.results.handOver(HAND_OVER_MS);
    this.results.close();
    this.announcer.close();
    this.running.clear();
    this.announcer.announce();
    control?.unsubscribe();
  }
}

function unknownVersion(task: StepTask): StepFailure {
  return new StepFailure(
    'type_version_unavailable',
    `This worker does not run version ${task.typeVersion} of ${task.type}.`,
  );
}

/** Starts taking tasks; announces the worker and, until it is answered, its step types. */
export function startStepHost(options: StepHostOptions): StepHost {
  return new StepHost(options);
}

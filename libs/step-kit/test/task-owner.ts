import { randomUUID } from 'node:crypto';
import {
  announceStepTypes,
  reportResult,
  requestStepStart,
  TASK_SUBJECTS,
  type CommandDefinition,
  type JsonObject,
  type StepTask,
  type TaskBusy,
  type TaskRef,
  type TaskResult,
  type WorkerAnnouncement,
  type ServiceName,
} from '@rpa/contracts';
import { connectBus, encodeBody, type Bus } from '@rpa/messaging';
import { testNats } from '@rpa/testing';

export function connectAs(service: ServiceName): Promise<Bus> {
  const { url, user, password } = testNats(service);
  return connectBus({ service, servers: [url], user, password });
}

/** Answers a command on the wire as its owner would; returns what was asked. */
export function answerAs(bus: Bus, command: CommandDefinition, reply: (body: never) => object): unknown[] {
  const asked: unknown[] = [];
  bus.subscribe(command.subject, (body, msg) => {
    asked.push(body);
    msg.respond(encodeBody(reply(body as never)));
  });
  return asked;
}

/** Plays a replica of executions and the catalog, over NATS with the permissions that these have. */
export class TaskOwner {
  readonly announcements: WorkerAnnouncement[] = [];
  readonly reports: TaskResult[] = [];
  readonly startsAsked: unknown[];
  readonly catalog: { source: string; types: { type: string }[] }[];
  grantStarts = true;
  takesReports = true;
  private number = 0;

  private constructor(
    readonly bus: Bus,
    private readonly workflows: Bus,
    readonly pool: string,
  ) {
    bus.subscribe(TASK_SUBJECTS.announce, (body) => {
      const announcement = body as WorkerAnnouncement;
      if (announcement.pool === pool) this.announcements.push(announcement);
    });
    this.startsAsked = answerAs(bus, requestStepStart, () => ({ granted: this.grantStarts }));
    this.catalog = answerAs(workflows, announceStepTypes, () => ({})) as TaskOwner['catalog'];
    bus.subscribe(reportResult.subject, (body, msg) => {
      if (!this.takesReports) return;
      this.reports.push((body as { result: TaskResult }).result);
      msg.respond(encodeBody({}));
    });
  }

  static async connect(pool: string): Promise<TaskOwner> {
    const [bus, workflows] = await Promise.all([connectAs('executions'), connectAs('workflows')]);
    const owner = new TaskOwner(bus, workflows, pool);
    await Promise.all([bus.connection.flush(), workflows.connection.flush()]);
    return owner;
  }

  task(type: string, config: JsonObject, more: Partial<StepTask> = {}): StepTask {
    const executionId = randomUUID();
    const path = `step_${++this.number}`;
    return {
      executionId,
      organizationId: randomUUID(),
      path,
      attempt: 1,
      delivery: 1,
      owner: 'replica-1',
      type,
      typeVersion: 1,
      config,
      timeoutMs: 5_000,
      sideEffect: 'pure',
      idempotencyKey: `${executionId}:${path}`,
      ...more,
    };
  }

  /** Delivers a task and waits for the worker's answer. */
  async deliver(task: StepTask, timeoutMs = 5_000): Promise<TaskResult> {
    const answer = await this.bus.ask(TASK_SUBJECTS.direct(this.pool, task.type), task, timeoutMs);
    return answer as TaskResult;
  }

  async deliverExpectingBusy(task: StepTask): Promise<TaskBusy> {
    return (await this.bus.ask(TASK_SUBJECTS.direct(this.pool, task.type), task, 2_000)) as TaskBusy;
  }

  acknowledge(worker: string, ...tasks: TaskRef[]): void {
    this.bus.publish(TASK_SUBJECTS.worker(worker), { kind: 'ack', tasks });
  }

  abort(worker: string, task: TaskRef): void {
    this.bus.publish(TASK_SUBJECTS.worker(worker), { kind: 'abort', task });
  }

  get lastAnnouncement(): WorkerAnnouncement | undefined {
    return this.announcements.at(-1);
  }

  async close(): Promise<void> {
    await Promise.all([this.bus.close(500), this.workflows.close(500)]);
  }
}

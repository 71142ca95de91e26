import { TASK_SUBJECTS, type ReplicaMessage } from '@rpa/contracts';
import type { Bus, Subscription } from '@rpa/messaging';
import type { Database, Health, Identity, Logger, Metrics, Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { CommitMetrics } from './commit/commit-metrics.js';
import { GroupCommit } from './commit/group-commit.js';
import { CancelExecution } from './control/cancel-execution.js';
import { ReportResult } from './control/report-result.js';
import { RequestStepStart } from './control/request-step-start.js';
import { Acknowledgements } from './dispatch/acknowledgements.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { HearingClock } from './dispatch/hearing-clock.js';
import { WorkerRegistry } from './dispatch/worker-registry.js';
import type { ExecutionsConfig } from './executions.config.js';
import { EmptyInbox } from './inbox/empty-inbox.js';
import { InboxRepository } from './inbox/inbox.repository.js';
import { NudgeOwner } from './inbox/nudge-owner.js';
import { JournalRepository } from './journal/journal.repository.js';
import { KeepTables } from './journal/keep-tables.js';
import { LeasesRepository } from './lease/leases.repository.js';
import { Ownership } from './ownership/ownership.js';
import { ResumeRuns } from './ownership/resume-runs.js';
import { RunsRepository } from './ownership/runs.repository.js';
import { Sweep } from './ownership/sweep.js';
import { Peers } from './peers/peers.js';
import { ExecutionsRepository } from './read/executions.repository.js';
import { GetExecution } from './read/get-execution.js';
import { ListExecutions } from './read/list-executions.js';
import { ListSteps } from './read/list-steps.js';
import { ReadJournal } from './read/read-journal.js';
import { ReadSteps } from './read/read-steps.js';
import { PerformEffects } from './runs/perform-effects.js';
import { RunHost } from './runs/run-host.js';
import { RunMetrics } from './runs/run-metrics.js';
import { LoadPlan } from './start/load-plan.js';
import { ResolveVersions } from './start/resolve-versions.js';
import { StartChild } from './start/start-child.js';
import { StartExecution } from './start/start-execution.js';
import { StartRun } from './start/start-run.js';
import { Waiters } from './start/waiters.js';

const TICK_MS = 100;
const FINISH_COMMITS_MS = 3_000;

export interface CoreParts {
  config: ExecutionsConfig;
  logger: Logger;
  bus: Bus;
  database: Database;
  transactions: Transactions;
  identity: Identity;
  metrics: Metrics;
  health: Health;
}

/** One replica of the execution service: everything that drives runs, wired together. Plain classes, without Nest. */
export class ExecutionCore {
  readonly replica = newId();
  readonly start: StartExecution;
  readonly read: { get: GetExecution; list: ListExecutions; steps: ListSteps; journal: ReadJournal };
  readonly control: { cancel: CancelExecution; report: ReportResult; requestStart: RequestStepStart };
  private readonly host: RunHost;
  private readonly commits: GroupCommit;
  private readonly dispatcher: Dispatcher;
  private readonly acknowledgements: Acknowledgements;
  private readonly ownership: Ownership;
  private readonly sweep: Sweep;
  private readonly resume: ResumeRuns;
  private readonly peers: Peers;
  private readonly waiters: Waiters;
  private readonly starter: StartRun;
  private readonly emptyInbox: EmptyInbox;
  private readonly tables: KeepTables;
  private readonly bus: Bus;
  private announcements: Subscription | null = null;
  private ticking: NodeJS.Timeout | null = null;

  constructor(parts: CoreParts) {
    const { config, logger, bus, database, identity, transactions } = parts;
    const { pool } = database;
    this.bus = bus;
    const metrics = new RunMetrics(parts.metrics);
    const journal = new JournalRepository(pool);
    const inbox = new InboxRepository(pool);
    const leases = new LeasesRepository(pool);
    const runs = new RunsRepository(pool);
    const executions = new ExecutionsRepository(transactions);
    const plans = new LoadPlan(bus, identity);
    const leaseId = (): string | null => this.ownership.leaseId;
    this.tables = new KeepTables(pool, runs, logger);
    this.peers = new Peers(bus, this.replica);
    this.acknowledgements = new Acknowledgements(bus);
    this.commits = new GroupCommit(config.databaseUrl, logger, new CommitMetrics(parts.metrics), (lost) =>
      this.ownership.lost(lost),
    );
    const effects: PerformEffects = new PerformEffects(() => effectParts);
    this.host = new RunHost(this.commits, logger, effects);
    this.waiters = new Waiters(runs, (id) => this.host.get(id) !== undefined);
    const clock = new HearingClock(() => bus.connected);
    const registry = new WorkerRegistry(clock);
    this.dispatcher = new Dispatcher({
      bus,
      identity,
      logger,
      registry,
      clock,
      acknowledgements: this.acknowledgements,
      replica: this.replica,
      stimulate: (run, stimulus) => this.host.stimulate(run, stimulus),
      onSent: () => metrics.dispatched(),
    });
    this.emptyInbox = new EmptyInbox(inbox, this.host, logger);
    const nudge = new NudgeOwner(this.host, this.emptyInbox, leases, this.peers);
    const cancel = new CancelExecution(executions, inbox, nudge);
    this.starter = new StartRun({
      host: this.host,
      commits: this.commits,
      runs,
      versions: new ResolveVersions(bus, identity),
      plans,
      maxRuns: config.maxRuns,
      maxStarts: config.maxStarts,
      resuming: () => this.resume.waiting,
    });
    const effectParts = {
      host: this.host,
      dispatcher: this.dispatcher,
      children: new StartChild(this.starter, this.host, logger),
      cancel,
      nudge,
      waiters: this.waiters,
      peers: this.peers,
      bus,
      logger,
    };
    this.resume = new ResumeRuns({
      journal,
      plans,
      host: this.host,
      dispatcher: this.dispatcher,
      inbox: this.emptyInbox,
      logger,
      leaseId,
    });
    this.ownership = new Ownership({
      leases,
      commits: this.commits,
      logger,
      replica: this.replica,
      databaseUrl: config.databaseUrl,
      leaseMs: config.leaseMs,
      dropRuns: () => this.host.dropAll(),
      release: (lease) => runs.release(lease),
    });
    this.sweep = new Sweep({
      leases,
      runs,
      inbox,
      emptyInbox: this.emptyInbox,
      resume: this.resume,
      host: this.host,
      logger,
      leaseMs: config.leaseMs,
      maxRuns: config.maxRuns,
      leaseId,
      onTakeOver: (count) => metrics.tookOver(count),
      onClaimed: (count) => metrics.claimed(count),
    });
    const steps = new ReadSteps(journal, plans);
    const get = new GetExecution(executions, steps);
    this.read = {
      get,
      list: new ListExecutions(executions),
      steps: new ListSteps(executions, steps),
      journal: new ReadJournal(executions, journal),
    };
    this.start = new StartExecution(this.starter, this.waiters, get, this.replica);
    this.control = {
      cancel,
      report: new ReportResult(this.host, this.dispatcher, inbox, nudge),
      requestStart: new RequestStepStart(this.host, leases, this.peers),
    };
    metrics.watch({ host: this.host, dispatcher: this.dispatcher, commits: this.commits, registry });
    parts.health.add('lease', () => (leaseId() === null ? { ok: false, reason: 'the replica has no lease' } : { ok: true }));
  }

  /** Takes a lease and hears workers and replicas; from then on runs can be started. */
  async open(): Promise<void> {
    await this.tables.start();
    this.announcements = this.bus.subscribe(TASK_SUBJECTS.announce, (body) => this.dispatcher.hear(body));
    this.ticking = setInterval(() => this.dispatcher.tick(), TICK_MS).unref();
    this.peers.listen((message) => this.hear(message));
    await this.ownership.take();
  }

  /** Looks for what nobody drives; called when the service listens. */
  run(): void {
    this.sweep.start();
  }

  /** Takes nothing new, finishes what is on its way to the journal, and hands all runs to the other replicas. */
  async stop(): Promise<void> {
    this.starter.drain();
    this.waiters.stop();
    this.resume.stop();
    await this.sweep.stop();
    await this.host.idle(FINISH_COMMITS_MS);
    this.acknowledgements.flush();
    await this.ownership.giveBack().catch(() => undefined);
    this.announcements?.unsubscribe();
    if (this.ticking) clearInterval(this.ticking);
    this.peers.stop();
    this.host.stop();
    this.tables.stop();
    await this.commits.close();
  }

  private async hear(message: ReplicaMessage): Promise<object | undefined> {
    if (message.kind === 'inbox') await this.emptyInbox.execute([message.executionId]);
    else if (message.kind === 'ended') this.waiters.ended(message.executionId);
    else if (message.kind === 'start_requested') return this.control.requestStart.answer(message);
    return undefined;
  }
}

import { TASK_SUBJECTS, type ReplicaMessage } from '@rpa/contracts';
import type { Subscription } from '@rpa/messaging';
import { v7 as newId } from 'uuid';
import { createFlowControl, type FlowControl } from './admission/create-flow-control.js';
import { CommitMetrics } from './commit/commit-metrics.js';
import { GroupCommit } from './commit/group-commit.js';
import { createControls, type Controls } from './control/controls.js';
import type { CoreParts } from './core-parts.js';
import { Acknowledgements } from './dispatch/acknowledgements.js';
import { Dispatcher } from './dispatch/dispatcher.js';
import { HearingClock } from './dispatch/hearing-clock.js';
import { WorkerRegistry } from './dispatch/worker-registry.js';
import { EmptyInbox } from './inbox/empty-inbox.js';
import { NudgeOwner } from './inbox/nudge-owner.js';
import { KeepTables } from './journal/keep-tables.js';
import { LogWriter } from './logs/log-writer.js';
import { Ownership } from './ownership/ownership.js';
import { ParkRun } from './ownership/park-run.js';
import { ResumeRuns } from './ownership/resume-runs.js';
import { Sweep } from './ownership/sweep.js';
import { Peers } from './peers/peers.js';
import { createReaders, type Readers } from './read/readers.js';
import { PerformEffects } from './runs/perform-effects.js';
import { RunHost } from './runs/run-host.js';
import { RunMetrics } from './runs/run-metrics.js';
import { LoadPlan } from './start/load-plan.js';
import { ResolveVersions } from './start/resolve-versions.js';
import { StartChild } from './start/start-child.js';
import { StartExecution } from './start/start-execution.js';
import { StartRun } from './start/start-run.js';
import { Waiters } from './start/waiters.js';
import { WatchedRuns } from './stream/watched-runs.js';
import { createStores, type Stores } from './stores.js';
import { LargeValues } from './values/large-values.js';

const TICK_MS = 100;
const FINISH_COMMITS_MS = 3_000;

/** One replica of the service: everything that drives runs, wired together. Plain classes, without Nest. */
export class ExecutionCore {
  readonly start: StartExecution;
  readonly read: Readers;
  readonly control: Controls;
  /** What executions write. */
  readonly logs: LogWriter;
  private readonly replica = newId();
  private readonly stores: Stores;
  private readonly metrics: RunMetrics;
  private readonly plans: LoadPlan;
  private readonly acknowledgements: Acknowledgements;
  private readonly peers: Peers;
  private readonly watched: WatchedRuns;
  private readonly commits: GroupCommit;
  private readonly host: RunHost;
  private readonly waiters: Waiters;
  private readonly dispatcher: Dispatcher;
  private readonly emptyInbox: EmptyInbox;
  private readonly starter: StartRun;
  private readonly resume: ResumeRuns;
  private readonly ownership: Ownership;
  private readonly sweep: Sweep;
  private readonly tables: KeepTables;
  readonly flow: FlowControl;
  private readonly values: LargeValues;
  private readonly versions: ResolveVersions;
  private announcements: Subscription | null = null;
  private ticking: NodeJS.Timeout | null = null;

  constructor(private readonly parts: CoreParts) {
    const { config, logger, bus, database, identity, transactions } = parts;
    this.stores = createStores(database, transactions);
    this.logs = new LogWriter(this.stores.logs, logger);
    this.metrics = new RunMetrics(parts.metrics);
    this.plans = new LoadPlan(bus, identity);
    this.versions = new ResolveVersions(bus, identity);
    this.acknowledgements = new Acknowledgements(bus);
    this.peers = new Peers(bus, this.replica);
    this.watched = new WatchedRuns(bus);
    const commitMetrics = new CommitMetrics(parts.metrics);
    const fenced = (leaseId: string): void => this.ownership.lost(leaseId);
    this.commits = new GroupCommit(config.databaseUrl, logger, commitMetrics, fenced, this.watched);
    const effects: PerformEffects = new PerformEffects(() => effectParts);
    this.values = new LargeValues({ bus, identity }, config, logger);
    this.host = new RunHost(this.commits, logger, effects, this.values);
    this.waiters = new Waiters(this.stores.runs, this.stores.journal, (id) => this.host.get(id));
    this.dispatcher = this.createDispatcher();
    this.emptyInbox = new EmptyInbox(this.stores.inbox, this.host, this.dispatcher, logger);
    this.flow = this.createFlowControl(() => nudge);
    this.starter = this.createStarter();
    this.resume = this.createResume();
    this.ownership = this.createOwnership();
    this.sweep = this.createSweep();
    this.tables = new KeepTables(database.pool, this.stores.runs, logger, config.retentionDays);
    this.read = createReaders(this.stores, this.plans);
    this.start = new StartExecution(this.starter, this.waiters, this.read.get, this.replica, this.values);
    const nudge = new NudgeOwner(this.host, this.emptyInbox, this.stores.leases, this.peers);
    const children = new StartChild(this.starter, this.host, logger, () => this.control);
    const { host, dispatcher, waiters, peers, stores, plans, logs } = this;
    const { replica, start, starter, values, versions } = this;
    const tools = { pool: database.pool, stores, host, dispatcher, peers, plans, versions, nudge, logger, logs };
    this.control = createControls({ ...tools, starter, start, replica, values });
    const { adoptions, onFailure } = this.control;
    const { admission } = this.flow;
    const control = { dispatcher, children, adoptions, onFailure, nudge, admission };
    const effectParts = { host, ...control, waiters, peers, bus, logger, logs, values };
    parts.health.add('lease', () =>
      this.ownership.leaseId === null ? { ok: false, reason: 'the replica has no lease' } : { ok: true },
    );
  }

  /** Takes a lease and hears workers and replicas; from then on runs can be started. */
  async open(): Promise<void> {
    await this.tables.start();
    this.announcements = this.parts.bus.subscribe(TASK_SUBJECTS.announce, (body) => this.dispatcher.hear(body));
    this.ticking = setInterval(() => this.dispatcher.tick(), TICK_MS).unref();
    this.watched.listen();
    this.peers.listen((message) => this.hear(message));
    await this.ownership.take();
  }

  /** Looks for what nobody drives; called when the service listens. */
  run(): void {
    this.sweep.start();
    this.flow.admission.start();
    this.control.onFailure.begin();
    this.control.bulk.run.start();
  }

  /** Takes nothing new, finishes what is on its way to the journal, and hands all runs to the other replicas. */
  async stop(): Promise<void> {
    this.starter.drain();
    this.flow.admission.stop();
    this.waiters.stop();
    this.resume.stop();
    await this.sweep.stop();
    await Promise.all([this.control.onFailure.stop(), this.control.bulk.run.stop()]);
    await this.host.idle(FINISH_COMMITS_MS);
    this.acknowledgements.flush();
    await this.ownership
      .giveBack()
      .catch((error: unknown) =>
        this.parts.logger.warn({ err: error }, 'The lease was not given back; it will expire'),
      );
    this.announcements?.unsubscribe();
    if (this.ticking) clearInterval(this.ticking);
    this.peers.stop();
    this.watched.stop();
    this.host.stop();
    this.tables.stop();
    await this.commits.close();
    await this.logs.flush();
  }

  private async hear(message: ReplicaMessage): Promise<object | undefined> {
    if (message.kind === 'inbox') await this.emptyInbox.execute([message.executionId]);
    else if (message.kind === 'ended') await this.waiters.heardEnd(message.executionId);
    else if (message.kind === 'responded') this.waiters.responded(message.executionId, message.response);
    else if (message.kind === 'start_requested') return this.control.requestStart.answer(message);
    return undefined;
  }

  private createDispatcher(): Dispatcher {
    const { bus, identity, logger } = this.parts;
    const clock = new HearingClock(() => bus.connected);
    const registry = new WorkerRegistry(clock);
    const dispatcher = new Dispatcher({
      bus,
      identity,
      logger,
      registry,
      clock,
      acknowledgements: this.acknowledgements,
      replica: this.replica,
      stimulate: (run, stimulus) => this.host.stimulate(run, stimulus),
      onSent: () => this.metrics.dispatched(),
      onLogs: (run, result) => this.logs.addOf(run.identity, result),
    });
    this.metrics.watch({ host: this.host, dispatcher, commits: this.commits, registry });
    return dispatcher;
  }

  private createFlowControl(nudge: () => NudgeOwner): FlowControl {
    const { stores, plans, host, values } = this;
    const { config, logger, database } = this.parts;
    const resume = (): ResumeRuns => this.resume;
    const leaseId = (): string | null => this.ownership.leaseId;
    const tools = { pool: database.pool, config, logger, nudge };
    return createFlowControl({ ...tools, stores, plans, host, values, resume, leaseId });
  }

  private createStarter(): StartRun {
    const { config } = this.parts;
    return new StartRun({
      host: this.host,
      commits: this.commits,
      runs: this.stores.runs,
      versions: this.versions,
      plans: this.plans,
      values: this.values,
      intake: this.flow.intake,
      hold: this.flow.hold,
      maxRuns: config.maxRuns,
      maxStarts: config.maxStarts,
      resuming: () => this.resume.waiting,
    });
  }

  private createResume(): ResumeRuns {
    const { stores, plans, host, dispatcher, commits, emptyInbox: inbox } = this;
    const { bus, logger } = this.parts;
    const { journal, runs } = stores;
    const { begin } = this.flow;
    const park = new ParkRun({ commits, inbox: stores.inbox, bus, logger });
    const leaseId = (): string | null => this.ownership.leaseId;
    return new ResumeRuns({ journal, runs, plans, host, dispatcher, inbox, begin, park, logger, leaseId });
  }

  private createOwnership(): Ownership {
    const { config, logger } = this.parts;
    const { databaseUrl, leaseMs } = config;
    const { commits, replica, host, stores } = this;
    const dropRuns = (): void => host.dropAll();
    return new Ownership({ leases: stores.leases, commits, logger, replica, databaseUrl, leaseMs, dropRuns });
  }

  private createSweep(): Sweep {
    const { config, logger } = this.parts;
    const { leases, runs, inbox } = this.stores;
    return new Sweep({
      leases,
      runs,
      inbox,
      emptyInbox: this.emptyInbox,
      resume: this.resume,
      host: this.host,
      logger,
      leaseMs: config.leaseMs,
      maxRuns: config.maxRuns,
      leaseId: () => this.ownership.leaseId,
      onTakeOver: (count) => this.metrics.tookOver(count),
      onClaimed: (count) => this.metrics.claimed(count),
    });
  }
}

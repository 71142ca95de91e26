import { pendingEffects, type DispatchEffect } from '@rpa/engine';
import type { Logger } from '@rpa/platform';
import type { BeginRun } from '../admission/begin-run.js';
import type { Dispatcher } from '../dispatch/dispatcher.js';
import type { EmptyInbox } from '../inbox/empty-inbox.js';
import type { History, JournalRepository } from '../journal/journal.repository.js';
import { foldHistory } from '../journal/read-state.js';
import { LiveRun } from '../runs/live-run.js';
import type { RunHost } from '../runs/run-host.js';
import type { LoadPlan } from '../start/load-plan.js';
import { identityOf } from './identity-of.js';
import { isForGood, type ParkRun } from './park-run.js';
import type { ClaimedRun, RunsRepository } from './runs.repository.js';

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

/** Brings claimed runs back to life: state from snapshot and journal, then what was pending, then what waits for them. */
export class ResumeRuns {
  /** Claimed, but not in memory yet. */
  waiting = 0;
  private stopped = false;

  constructor(
    private readonly parts: {
      journal: JournalRepository;
      runs: RunsRepository;
      plans: LoadPlan;
      host: RunHost;
      dispatcher: Dispatcher;
      inbox: EmptyInbox;
      park: ParkRun;
      begin: BeginRun;
      logger: Logger;
      leaseId: () => string | null;
    },
  ) {}

  async execute(claimed: readonly ClaimedRun[]): Promise<void> {
    const leaseId = this.parts.leaseId();
    const histories = await this.parts.journal.histories(claimed.map((run) => run.id));
    await Promise.all(
      claimed.map(async (row) => {
        const history = histories.get(row.id);
        if (history) await this.resume(row, history, leaseId);
      }),
    );
    await this.parts.inbox.execute(claimed.map((run) => run.id));
    await this.endOrphans(claimed);
  }

  stop(): void {
    this.stopped = true;
  }

  /** Children whose parent ended at the moment when they were started, and whose replica died then. */
  private async endOrphans(claimed: readonly ClaimedRun[]): Promise<void> {
    const parents = claimed.flatMap(({ parentId }) => parentId ?? []);
    if (parents.length === 0) return;
    const ended = new Set(await this.parts.runs.ended(parents));
    for (const { id, parentId } of claimed) {
      const run = parentId !== null && ended.has(parentId) ? this.parts.host.get(id) : undefined;
      const event = { type: 'cancel_requested', at: Date.now(), reason: 'the parent has ended' } as const;
      if (run) this.parts.host.stimulate(run, { event });
    }
  }

  private async resume(row: ClaimedRun, history: History, leaseId: string | null, tries = 0): Promise<void> {
    try {
      if (history.snapshot === null && history.records.length === 0) return await this.begin(row, leaseId);
      const run = await this.revive(row, history);
      if (this.stopped || this.parts.leaseId() !== leaseId || this.parts.host.get(row.id)) return;
      const pending = pendingEffects(run.plan, run.state);
      const dispatches = pending.filter((effect): effect is DispatchEffect => effect.type === 'dispatch');
      this.parts.host.resume(
        run,
        pending.filter((effect) => effect.type !== 'dispatch'),
      );
      for (const effect of dispatches) this.parts.dispatcher.takeUp(run, effect, row.former === null);
      // Nothing is pending but time or a signal: then it may be let go again at once.
      if (dispatches.length === 0) this.parts.host.stimulate(run, { event: { type: 'continue', at: Date.now() } });
    } catch (error) {
      if (isForGood(error) && (await this.park(row, history, leaseId, error))) return;
      this.parts.logger.error({ err: error, executionId: row.id }, 'A run could not be resumed; it is tried again');
      this.waiting++;
      const pause = Math.min(FIRST_RETRY_MS * 2 ** tries, MAX_RETRY_MS);
      setTimeout(() => {
        this.waiting--;
        if (!this.stopped && this.parts.leaseId() === leaseId) void this.again(row, leaseId, history, tries + 1);
      }, pause).unref();
    }
  }

  /** It was accepted before, and let in since. */
  private async begin(row: ClaimedRun, leaseId: string | null): Promise<void> {
    const run = await this.parts.begin.execute(row);
    if (this.stopped || this.parts.leaseId() !== leaseId || this.parts.host.get(row.id)) return;
    this.parts.host.resume(run, []);
  }

  /** False: not now. */
  private async park(row: ClaimedRun, history: History, leaseId: string | null, reason: unknown): Promise<boolean> {
    if (this.stopped || this.parts.leaseId() !== leaseId || this.parts.host.get(row.id)) return true;
    return this.parts.park.execute(row, history, reason).then(
      () => true,
      () => false,
    );
  }

  private async again(row: ClaimedRun, leaseId: string | null, history: History, tries: number): Promise<void> {
    await this.resume(row, history, leaseId, tries);
    await this.parts.inbox.execute([row.id]).catch(() => undefined);
  }

  private async revive(row: ClaimedRun, history: History): Promise<LiveRun> {
    const plan = await this.parts.plans.execute(row.organizationId, row.versionId);
    const state = foldHistory(plan, row.id, history);
    const run = new LiveRun(identityOf(row), plan, state, row.status);
    run.committedSeq = state.seq;
    run.tailRecords = history.records.length;
    return run;
  }
}

import { applyEvent, type Effect, type Transition } from '@rpa/engine';
import { AppError, type JournalRecord } from '@rpa/contracts';
import { sqlState, type Logger } from '@rpa/platform';
import type { Append, Committed, StartRow, SummaryChange } from '../commit/append.js';
import { CommitsClosed, Fenced, RecordRefused } from '../commit/commit.errors.js';
import type { GroupCommit } from '../commit/group-commit.js';
import { buildAppend, isEmpty, withStart } from './build-append.js';
import { KeepTimers } from './keep-timers.js';
import type { LiveRun, Stimulus } from './live-run.js';
import type { LargeValues } from '../values/large-values.js';

const MAX_RECORDS_PER_APPEND = 500;

export interface HostListener {
  /** After the commit, in order. */
  perform(run: LiveRun, effect: Effect): void;
  /** The run's status has changed, durably. */
  changed(run: LiveRun): void;
  ended(run: LiveRun): void;
  /** It was to be let go but something lies in its inbox. */
  kept(run: LiveRun): void;
  /** Hands it what lies in its inbox, if that can be read. */
  catchUp(run: LiveRun): Promise<void>;
  /** It has left the memory of this replica. */
  forgotten(run: LiveRun): void;
}

/**
 * The runs in memory. Each takes one turn at a time: events in, records out, one commit, and only then what the records
 * ask to be done.
 */
export class RunHost {
  private readonly runs = new Map<string, LiveRun>();
  private readonly timers: KeepTimers;

  constructor(
    private readonly commits: GroupCommit,
    private readonly logger: Logger,
    private readonly listener: HostListener,
    private readonly values: Pick<LargeValues, 'forRun'>,
  ) {
    this.timers = new KeepTimers(
      (run, timer, at) => this.stimulate(run, { event: { type: 'timer_fired', at, timer } }),
      (run) => listener.catchUp(run),
    );
  }

  get size(): number {
    return this.runs.size;
  }

  get(executionId: string): LiveRun | undefined {
    return this.runs.get(executionId);
  }

  /** Runs of an organization in memory. */
  runsOf(organizationId: string): number {
    let count = 0;
    for (const run of this.runs.values()) if (run.identity.organizationId === organizationId) count++;
    return count;
  }

  /** Commits a new run; nothing of it is done before. A start whose key was taken leaves no trace. */
  async start(
    run: LiveRun,
    transition: Transition,
    row: Omit<StartRow, keyof SummaryChange | 'owned'>,
  ): Promise<Committed> {
    this.runs.set(run.id, run);
    run.busy = true;
    this.timers.note(run, transition.effects);
    const append = withStart(buildAppend(run, [], transition.records, transition.effects), row);
    try {
      const committed = await this.commits.append(run.lane, append);
      if (committed.duplicate) this.forget(run);
      else this.afterCommit(run, append, committed, [], transition.effects, startedOwner(append));
      return committed;
    } catch (error) {
      this.forget(run);
      throw error;
    } finally {
      run.busy = false;
      if (run.queue.length > 0) void this.takeTurns(run);
    }
  }

  /** Takes over a run whose state was folded from its journal; `effects` are those that were pending. */
  resume(run: LiveRun, effects: readonly Effect[]): void {
    this.runs.set(run.id, run);
    this.timers.note(run, effects);
    // People were asked before; their questions are rows.
    for (const effect of effects) if (effect.type !== 'request_approval') this.listener.perform(run, effect);
    void this.takeTurns(run);
  }

  /** Hands an event to a run in memory; it is applied when its turn comes. */
  stimulate(run: LiveRun, stimulus: Stimulus): void {
    if (run.dropped) return;
    if (stimulus.inboxId) {
      if (run.inbox.has(stimulus.inboxId)) return;
      run.inbox.add(stimulus.inboxId);
    }
    run.queue.push(stimulus);
    if (!run.busy) void this.takeTurns(run);
  }

  /** Ends a run that cannot go on: a record of it was refused, or its version cannot be run any more. */
  async fail(run: LiveRun, code: string, message: string): Promise<void> {
    // It may have seen records that were not taken.
    run.witness = null;
    const at = Date.now();
    const error = { code, message };
    const record: JournalRecord = { seq: run.committedSeq + 1, type: 'execution_failed', at, data: { error } };
    const end: Effect = { type: 'end', status: 'failed', output: null, error };
    const aborts = [...run.deliveries.values()].map(({ ref }): Effect => ({
      type: 'abort',
      path: ref.path,
      attempt: ref.attempt,
    }));
    const append = buildAppend(run, run.queue.splice(0), [record], [...aborts, end]);
    append.closedApprovals = [{ path: null, status: 'cancelled', decision: null }];
    const committed = await this.commits.append(run.lane, append);
    this.afterCommit(run, append, committed, [], [...aborts, end], 'release');
  }

  /** Every run at once, for others own them now. */
  dropAll(): void {
    for (const run of [...this.runs.values()]) this.forget(run);
  }

  /** Waits until no commit is on its way, at most so long. */
  async idle(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    while ([...this.runs.values()].some((run) => run.busy) && Date.now() < until)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  stop(): void {
    this.timers.stop();
  }

  private async takeTurns(run: LiveRun): Promise<void> {
    if (run.busy) return;
    run.busy = true;
    try {
      while (run.queue.length > 0 && !run.dropped) await this.turn(run);
    } catch (error) {
      await this.turnFailed(run, error);
    } finally {
      run.busy = false;
    }
  }

  private async turn(run: LiveRun): Promise<void> {
    const stimuli: Stimulus[] = [];
    const records: JournalRecord[] = [];
    const effects: Effect[] = [];
    const files = this.values.forRun(run.identity);
    for (
      let next = run.queue.shift();
      next;
      next = records.length < MAX_RECORDS_PER_APPEND ? run.queue.shift() : undefined
    ) {
      stimuli.push(next);
      const transition = next.first ?? applyEvent(run.plan, run.state, next.event, files.put);
      files.inheritFrom(next.event, run.state.start.adoptFrom);
      records.push(...transition.records);
      effects.push(...transition.effects);
    }
    if (!files.isEmpty) await files.store(() => !run.dropped);
    this.timers.note(run, effects);
    const append = buildAppend(run, stimuli, records, effects);
    if (isEmpty(append)) return this.settle(run, stimuli, effects);
    const committed = await this.commits.append(run.lane, append);
    this.afterCommit(run, append, committed, stimuli, effects, append.change?.owner ?? 'keep');
  }

  private afterCommit(
    run: LiveRun,
    append: Append,
    committed: Committed,
    stimuli: readonly Stimulus[],
    effects: readonly Effect[],
    owner: SummaryChange['owner'],
  ): void {
    // It is durable, but somebody else drives the run from there on: what is to be done now is theirs.
    if (run.dropped) return stimuli.forEach((stimulus) => stimulus.settled?.());
    if (append.records) run.committedSeq = append.records.lastSeq;
    const status = append.change?.status ?? append.start?.status;
    const changed = status !== undefined && status !== run.rowStatus;
    if (status) run.rowStatus = status;
    run.ended = effects.some((effect) => effect.type === 'end');
    this.settle(run, stimuli, effects);
    if (run.ended) {
      this.close(run);
      this.listener.ended(run);
    } else if (owner === 'let_go' && !committed.kept) this.close(run);
    else if (committed.kept) this.listener.kept(run);
    if (changed && !run.ended) this.listener.changed(run);
  }

  private settle(run: LiveRun, stimuli: readonly Stimulus[], effects: readonly Effect[]): void {
    for (const effect of effects) this.listener.perform(run, effect);
    for (const stimulus of stimuli) {
      if (stimulus.inboxId) run.inbox.delete(stimulus.inboxId);
      stimulus.settled?.();
    }
  }

  private async turnFailed(run: LiveRun, error: unknown): Promise<void> {
    if (run.dropped) return;
    if (error instanceof Fenced || error instanceof CommitsClosed) return this.forget(run);
    if (error instanceof RecordRefused && sqlState(error.cause) === '23505') {
      this.logger.error({ executionId: run.id, err: error }, 'Somebody else has written to this run; it is let go');
      return this.forget(run);
    }
    this.logger.error({ executionId: run.id, err: error }, 'A run cannot go on and is failed');
    await this.fail(run, ...reasonOf(error)).catch((failure: unknown) => {
      this.logger.error({ executionId: run.id, err: failure }, 'A run could not even be failed');
      this.forget(run);
    });
  }

  /** The run has ended or only waits: what has come meanwhile comes too late, or lies in the inbox. */
  private close(run: LiveRun): void {
    const late = run.queue.splice(0);
    this.forget(run);
    for (const stimulus of late) stimulus.settled?.();
  }

  private forget(run: LiveRun): void {
    run.dropped = true;
    if (this.runs.get(run.id) === run) this.runs.delete(run.id);
    run.queue.length = 0;
    this.timers.clear(run);
    this.listener.forgotten(run);
  }
}

function reasonOf(error: unknown): [code: string, message: string] {
  if (AppError.is(error) && error.code === 'too_large') return ['value_too_large', error.message];
  const refused = error instanceof RecordRefused;
  return ['record_refused', refused ? 'What the run wanted to record was refused by the database.' : 'The run broke.'];
}

function startedOwner(append: Append): SummaryChange['owner'] {
  if (append.start?.owned) return 'keep';
  return 'let_go';
}

import type { ExecutionView, StepResponse } from '@rpa/contracts';
import type { JournalRepository } from '../journal/journal.repository.js';
import type { RunsRepository } from '../ownership/runs.repository.js';
import type { LiveRun } from '../runs/live-run.js';

const LOOK_EVERY_MS = 1_000;

/** Why somebody waits no longer: a step has responded, or the run has ended. */
export interface Outcome {
  response?: StepResponse;
  /** The finished execution, where it was at hand. */
  view: ExecutionView | null;
}

interface Waiter {
  forResponse: boolean;
  done(outcome: Outcome | null): void;
}

/** Callers that wait for the end of a run, or for the answer of its `respond` step, whoever drives it. */
export class Waiters {
  private readonly waiting = new Map<string, Set<Waiter>>();
  private looking: NodeJS.Timeout | null = null;

  constructor(
    private readonly runs: RunsRepository,
    private readonly journal: JournalRepository,
    private readonly live: (executionId: string) => LiveRun | undefined,
  ) {}

  /** Null when the time is up. With `forResponse` the answer of a `respond` step counts, which goes before the end. */
  wait(executionId: string, withinMs: number, forResponse: boolean): Promise<Outcome | null> {
    return new Promise((resolve) => {
      const waiter: Waiter = {
        forResponse,
        done: (outcome) => {
          clearTimeout(timer);
          const others = this.waiting.get(executionId);
          others?.delete(waiter);
          if (others?.size === 0) this.waiting.delete(executionId);
          resolve(outcome);
        },
      };
      const timer = setTimeout(() => waiter.done(null), withinMs);
      const others = this.waiting.get(executionId);
      if (others) others.add(waiter);
      else this.waiting.set(executionId, new Set([waiter]));
      this.looking ??= setInterval(() => void this.look([...this.waiting.keys()]), LOOK_EVERY_MS).unref();
      // It may have ended or responded before anybody waited.
      const run = this.live(executionId);
      if (!run) void this.look([executionId]);
      else if (run.response) this.responded(executionId, run.response);
    });
  }

  ended(executionId: string, view: ExecutionView | null = null): void {
    for (const { done } of [...(this.waiting.get(executionId) ?? [])]) done({ view });
  }

  /** Another replica says so. Its word about a response may have been lost, so that is looked for first. */
  async heardEnd(executionId: string): Promise<void> {
    if (this.wantsResponse(executionId)) await this.look([executionId]);
    else this.ended(executionId);
  }

  responded(executionId: string, response: StepResponse): void {
    for (const { forResponse, done } of [...(this.waiting.get(executionId) ?? [])])
      if (forResponse) done({ view: null, response });
  }

  /** Everybody gets what there is: the replica is stopping. */
  stop(): void {
    if (this.looking) clearInterval(this.looking);
    for (const others of [...this.waiting.values()]) for (const { done } of [...others]) done(null);
  }

  /** The nudge may have been lost. */
  private async look(executionIds: string[]): Promise<void> {
    if (executionIds.length === 0) return;
    const ended = await this.runs.ended(executionIds).catch(() => []);
    // Asked after the end was seen: who has ended without a response by then never gives one.
    const wanted = executionIds.filter((id) => !this.live(id) && this.wantsResponse(id));
    const responses = wanted.length > 0 ? await this.journal.responses(wanted).catch(() => null) : new Map();
    if (!responses) return;
    for (const [executionId, response] of responses) this.responded(executionId, response);
    for (const executionId of ended) this.ended(executionId);
  }

  private wantsResponse(executionId: string): boolean {
    return [...(this.waiting.get(executionId) ?? [])].some((waiter) => waiter.forResponse);
  }
}

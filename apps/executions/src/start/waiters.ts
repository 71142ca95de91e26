import type { ExecutionView } from '@rpa/contracts';
import type { RunsRepository } from '../ownership/runs.repository.js';

const LOOK_EVERY_MS = 1_000;

export interface Ended {
  /** The finished execution, where it was at hand. */
  view: ExecutionView | null;
}

/** Callers that wait for the end of a run, whoever drives it. */
export class Waiters {
  private readonly waiting = new Map<string, Set<(ended: Ended | null) => void>>();
  private looking: NodeJS.Timeout | null = null;

  constructor(
    private readonly runs: RunsRepository,
    private readonly isLive: (executionId: string) => boolean,
  ) {}

  get size(): number {
    return this.waiting.size;
  }

  /** Null when the time is up. */
  wait(executionId: string, withinMs: number): Promise<Ended | null> {
    return new Promise((resolve) => {
      const done = (ended: Ended | null): void => {
        clearTimeout(timer);
        const others = this.waiting.get(executionId);
        others?.delete(done);
        if (others?.size === 0) this.waiting.delete(executionId);
        resolve(ended);
      };
      const timer = setTimeout(() => done(null), withinMs);
      const others = this.waiting.get(executionId);
      if (others) others.add(done);
      else this.waiting.set(executionId, new Set([done]));
      this.looking ??= setInterval(() => void this.look([...this.waiting.keys()]), LOOK_EVERY_MS).unref();
      // It may have ended before anybody waited.
      if (!this.isLive(executionId)) void this.look([executionId]);
    });
  }

  ended(executionId: string, view: ExecutionView | null = null): void {
    for (const done of [...(this.waiting.get(executionId) ?? [])]) done({ view });
  }

  /** Everybody gets what there is: the replica is stopping. */
  stop(): void {
    if (this.looking) clearInterval(this.looking);
    for (const others of [...this.waiting.values()]) for (const done of [...others]) done(null);
  }

  /** The nudge may have been lost. */
  private async look(executionIds: string[]): Promise<void> {
    if (executionIds.length === 0) return;
    const ended = await this.runs.ended(executionIds).catch(() => []);
    for (const executionId of ended) this.ended(executionId);
  }
}

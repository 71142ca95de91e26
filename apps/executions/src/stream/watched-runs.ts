import { ID_PATTERN, journalAppended, WATCH_FOR_MS, WATCH_SUBJECT, type WatchExecutions } from '@rpa/contracts';
import type { Bus, Subscription } from '@rpa/messaging';

/** Executions watched at once at most; who comes later sees the journal grow by looking. */
const MAX_WATCHED = 20_000;
const SWEEP_MS = 5_000;

/** The executions that somebody watches right now: only of these the growth of a journal is told. */
export class WatchedRuns {
  private readonly watched = new Map<string, { organizationId: string; until: number }>();
  private subscription: Subscription | null = null;
  private sweeping: NodeJS.Timeout | null = null;

  constructor(private readonly bus: Bus) {}

  listen(): void {
    this.subscription = this.bus.subscribe(WATCH_SUBJECT, (body) => this.hear(body));
    this.sweeping = setInterval(() => this.forgetOld(), SWEEP_MS).unref();
  }

  stop(): void {
    this.subscription?.unsubscribe();
    if (this.sweeping) clearInterval(this.sweeping);
  }

  has(executionId: string): boolean {
    return this.watched.has(executionId);
  }

  /** After the commit. */
  appended(executionId: string, seq: number): void {
    const watch = this.watched.get(executionId);
    if (watch) this.bus.emit(journalAppended, watch.organizationId, { executionId, seq });
  }

  private hear(body: unknown): void {
    const { executions } = (body ?? {}) as Partial<WatchExecutions>;
    if (!Array.isArray(executions)) return;
    const until = Date.now() + WATCH_FOR_MS;
    for (const { id, organizationId } of executions) {
      if (!ID_PATTERN.test(id) || !ID_PATTERN.test(organizationId)) continue;
      if (this.watched.size < MAX_WATCHED || this.watched.has(id)) this.watched.set(id, { organizationId, until });
    }
  }

  private forgetOld(): void {
    const now = Date.now();
    for (const [id, { until }] of this.watched) if (until < now) this.watched.delete(id);
  }
}

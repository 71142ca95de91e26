import { AppError, RESULT_RETRY_MS, reportResult, type TaskRef, type TaskResult } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { HostIdentity, HostLogger } from './host-options.js';
import { attemptKey } from './read-messages.js';

interface Kept {
  result: TaskResult;
  owner: string;
  /** When it is reported by itself, epoch milliseconds. */
  dueAt: number;
  pauseMs: number;
  reporting: boolean;
}

const SWEEP_MS = 200;
const MAX_PAUSE_MS = 5_000;
/** Short: a replica that is frozen still gets its share of the requests, and the next one goes to another. */
const REPORT_TIMEOUT_MS = 1_500;
const MAX_REPORTS_AT_ONCE = 32;
const REMEMBERED = 4_096;
/** The report itself is wrong: saying it again changes nothing. */
const FINAL_CODES = new Set(['validation_failed', 'too_large', 'not_found', 'bad_request', 'invalid_json']);

/**
 * Results whose owner has not acknowledged that they are durable. Each is kept until then; what stays unacknowledged is
 * reported to any replica, with growing pauses.
 */
export class KeptResults {
  private readonly kept = new Map<string, Kept>();
  /** The latest acknowledged attempts, so that a late copy of a delivery does not run again. */
  private readonly settled = new Set<string>();
  private readonly sweeper: NodeJS.Timeout;
  private reports = 0;

  constructor(
    private readonly means: { bus: Bus; identity: HostIdentity; logger: HostLogger },
    /** Told when one is gone. */
    private readonly onGone: () => void,
  ) {
    this.sweeper = setInterval(() => this.reportDue(), SWEEP_MS);
  }

  get size(): number {
    return this.kept.size;
  }

  keep(result: TaskResult, owner: string): void {
    this.kept.set(attemptKey(result), {
      result,
      owner,
      dueAt: Date.now() + RESULT_RETRY_MS,
      pauseMs: RESULT_RETRY_MS,
      reporting: false,
    });
  }

  /** The result of an attempt that was delivered once more, under its newest delivery. */
  redeliver(key: string, delivery: number, owner: string): TaskResult | undefined {
    const kept = this.kept.get(key);
    if (!kept) return undefined;
    kept.result = { ...kept.result, delivery: Math.max(delivery, kept.result.delivery) };
    kept.owner = owner;
    kept.dueAt = Date.now() + RESULT_RETRY_MS;
    return kept.result;
  }

  isSettled(key: string): boolean {
    return this.settled.has(key);
  }

  acknowledge(ref: TaskRef): void {
    this.forget(attemptKey(ref));
  }

  *entries(): Iterable<{ owner: string; ref: TaskResult }> {
    for (const { owner, result } of this.kept.values()) yield { owner, ref: result };
  }

  /** Hands everything over now; ends when nothing is left or the time is over. */
  async handOver(withinMs: number): Promise<void> {
    const until = Date.now() + withinMs;
    for (const kept of this.kept.values()) kept.dueAt = 0;
    while (this.kept.size > 0 && Date.now() < until) {
      this.reportDue();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  close(): void {
    clearInterval(this.sweeper);
  }

  private reportDue(): void {
    if (!this.means.bus.connected) return;
    const now = Date.now();
    for (const [key, kept] of this.kept) {
      if (this.reports >= MAX_REPORTS_AT_ONCE) return;
      if (kept.dueAt <= now && !kept.reporting) void this.report(key, kept);
    }
  }

  private async report(key: string, kept: Kept): Promise<void> {
    const { bus, identity, logger } = this.means;
    const { result } = kept;
    kept.reporting = true;
    this.reports++;
    try {
      const principal = await identity.serviceToken({ id: result.organizationId });
      await bus.request(reportResult, { result }, { principal, timeoutMs: REPORT_TIMEOUT_MS });
      this.forget(key);
    } catch (error) {
      if (AppError.is(error) && FINAL_CODES.has(error.code)) {
        logger.error({ executionId: result.executionId, path: result.path, code: error.code }, 'A result was refused');
        this.forget(key);
      }
      kept.pauseMs = Math.min(MAX_PAUSE_MS, kept.pauseMs * 2);
      kept.dueAt = Date.now() + kept.pauseMs * (0.75 + Math.random() / 2);
    } finally {
      kept.reporting = false;
      this.reports--;
    }
  }

  private forget(key: string): void {
    if (!this.kept.delete(key)) return;
    this.settled.add(key);
    const [oldest] = this.settled;
    if (this.settled.size > REMEMBERED && oldest !== undefined) this.settled.delete(oldest);
    this.onGone();
  }
}

import { appendAudit, AppError, AUDIT_BATCH, type AuditEntry } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Database } from '../database/database.js';
import type { Logger } from '../log/logger.js';
import type { Metrics } from '../metrics/metrics.js';
import type { Identity } from '../principal/identity.js';

/** Lets what commits together travel together. */
const GATHER_MS = 25;
/** Rows that nobody told of: written by another replica that died, or before a restart. */
const SWEEP_MS = 5_000;
const LONGEST_PAUSE_MS = 10_000;
const STOP_WITHIN_MS = 1_000;

interface Waiting {
  seq: string;
  entry: AuditEntry;
}

export interface RelayParts {
  database: Database;
  bus: Bus;
  identity: Identity;
  logger: Logger;
  metrics: Metrics;
}

/**
 * Hands outbox rows to the audit log, oldest first, and deletes them when they are kept there. Every delivery is a prefix
 * of what waits and the log knows each id once, so replicas need no lock between them and the order holds.
 */
export class AuditRelay {
  private timer: NodeJS.Timeout | null = null;
  private working: Promise<void> | null = null;
  private again = false;
  private failures = 0;
  private stopped = true;
  private readonly table: string;
  private readonly refusals: { inc(): void };

  constructor(private readonly parts: RelayParts) {
    this.table = `${parts.database.schema}.audit_outbox`;
    this.refusals = parts.metrics.counter('rpa_audit_refused_total', 'Audit entries that the log did not take');
  }

  start(): void {
    this.stopped = false;
    this.wake(0);
  }

  /** Told after something was recorded. */
  nudge(): void {
    if (this.working) this.again = true;
    else if (this.failures === 0) this.wake(GATHER_MS);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    // What is under way may hang on a log that is away; its rows stay.
    await Promise.race([this.working, new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())]);
  }

  private wake(afterMs: number): void {
    if (this.stopped) return;
    if (this.timer) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.working = this.work().finally(() => {
        this.working = null;
        this.wake(this.again ? GATHER_MS : this.pause());
      });
    }, afterMs);
    this.timer.unref();
  }

  private pause(): number {
    return this.failures === 0 ? SWEEP_MS : Math.min(250 * 2 ** this.failures, LONGEST_PAUSE_MS);
  }

  private async work(): Promise<void> {
    this.again = false;
    try {
      while (!this.stopped && (await this.deliver()) === AUDIT_BATCH);
      this.failures = 0;
    } catch (error) {
      if (this.stopped) return;
      this.failures = Math.min(this.failures + 1, 10);
      if (this.failures === 4) this.parts.logger.warn({ err: error }, 'The audit log takes no entries; they are kept');
    }
  }

  /** @returns how many rows were sent */
  private async deliver(): Promise<number> {
    const { database, bus, identity } = this.parts;
    const { rows } = await database.pool.query<Waiting>(
      `SELECT seq, entry FROM ${this.table} WHERE refused IS NULL ORDER BY seq LIMIT ${AUDIT_BATCH}`,
    );
    if (rows.length === 0) return 0;
    const entries = rows.map((row) => row.entry);
    const principal = await identity.serviceToken();
    const { kept, refused } = await bus.request(appendAudit, { entries }, { principal });
    const known = new Set(kept);
    const done = rows.filter((row) => known.has(row.entry.id)).map((row) => row.seq);
    await database.pool.query(`DELETE FROM ${this.table} WHERE seq = ANY ($1::bigint[])`, [done]);
    for (const { id, reason } of refused) await this.putAside(rows, id, reason);
    if (done.length + refused.length < rows.length) throw new AppError('unavailable', 'Not every entry was kept.');
    return rows.length;
  }

  /** A row that can never be kept must not hold up the others; it stays for somebody to look at. */
  private async putAside(rows: Waiting[], id: string, reason: string): Promise<void> {
    const seq = rows.find((row) => row.entry.id === id)?.seq;
    if (seq === undefined) return;
    this.refusals.inc();
    this.parts.logger.error(
      { entry: id, reason, table: this.table },
      'The audit log refused an entry; it was put aside',
    );
    await this.parts.database.pool.query(`UPDATE ${this.table} SET refused = $2 WHERE seq = $1`, [seq, reason]);
  }
}

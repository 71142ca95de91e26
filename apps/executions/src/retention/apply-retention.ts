import { MAX_RELEASED_A_MESSAGE, releaseFiles } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Identity, Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import { FIRST_ID } from '../stream/changes.repository.js';
import type { Expired, RetentionRepository } from './retention.repository.js';

/** Runs that one statement looks at, and runs whose logs it deletes. */
const LOOK_AT = MAX_RELEASED_A_MESSAGE;
const LOGS_AT_ONCE = 500;
const PAUSE_MS = 20;
const FIRST_AFTER_MS = 2_000;

/** Deletes runs, their journals, logs and files when their time is over; one replica at a time, in small bites. */
export class ApplyRetention {
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly parts: {
      pool: Pool;
      retention: RetentionRepository;
      bus: Bus;
      identity: Identity;
      logger: Logger;
      everyMs: number;
    },
  ) {}

  start(): void {
    this.plan(Math.min(FIRST_AFTER_MS, this.parts.everyMs));
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
    await this.running;
  }

  private plan(afterMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.round().finally(() => this.plan(this.parts.everyMs));
    }, afterMs).unref();
  }

  private async round(): Promise<void> {
    try {
      await this.alone(() => this.execute());
    } catch (error) {
      this.parts.logger.warn({ err: error }, 'What is too old could not be deleted; it is tried again');
    }
  }

  /** Returns how many runs were deleted. */
  async execute(): Promise<number> {
    let deleted = 0;
    for (const expired of await this.parts.retention.withPolicies()) {
      deleted += await this.deleteRuns(expired, false);
      deleted += await this.deleteRuns(expired, true);
      await this.deleteLogs(expired.organizationId);
    }
    return deleted;
  }

  private async deleteRuns(expired: Expired, tests: boolean): Promise<number> {
    let deleted = 0;
    for (let after: string | null = FIRST_ID; after !== null && !this.stopped;) {
      const chunk = await this.parts.retention.deleteRuns(expired, tests, after, LOOK_AT);
      if (chunk.deleted.length > 0) await this.release(expired.organizationId, chunk.deleted);
      deleted += chunk.deleted.length;
      after = chunk.next;
      await pause();
    }
    if (deleted > 0)
      this.parts.logger.info({ organizationId: expired.organizationId, executions: deleted }, 'Old runs were deleted');
    return deleted;
  }

  private async deleteLogs(organizationId: string): Promise<void> {
    for (let bite = LOGS_AT_ONCE; bite === LOGS_AT_ONCE && !this.stopped;) {
      bite = await this.parts.retention.deleteLogs(organizationId, LOGS_AT_ONCE);
      await pause();
    }
  }

  /** Their files go too. Storage asks by itself for executions that are gone, should it not hear this. */
  private async release(organizationId: string, executionIds: readonly string[]): Promise<void> {
    const { bus, identity, logger } = this.parts;
    try {
      const principal = await identity.serviceToken({ id: organizationId });
      await bus.request(releaseFiles, { executionIds: [...executionIds] }, { principal });
    } catch (error) {
      logger.debug({ err: error, organizationId }, 'Storage was not told about deleted runs; it will find out');
    }
  }

  private async alone(work: () => Promise<unknown>): Promise<void> {
    const client = await this.parts.pool.connect();
    try {
      const lock = await client.query<{ mine: boolean }>(
        `SELECT pg_try_advisory_lock(hashtext('rpa-executions-retention')) AS mine`,
      );
      if (!lock.rows[0]?.mine) return;
      await work().finally(() => client.query(`SELECT pg_advisory_unlock(hashtext('rpa-executions-retention'))`));
    } finally {
      client.release();
    }
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}

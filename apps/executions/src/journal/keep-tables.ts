import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import type { RunsRepository } from '../ownership/runs.repository.js';
import { ensurePartitions } from './journal-partitions.js';

const EVERY_MS = 3_600_000;
/** How long an Idempotency-Key is kept. */
const HTTP_KEYS_FOR = '24 hours';

/** Keeps the tables in shape: journal partitions ahead of time, old start keys away. */
export class KeepTables {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly logger: Logger,
  ) {}

  /** Resolves when there is a partition for now. */
  async start(): Promise<void> {
    await ensurePartitions(this.pool, Date.now());
    this.timer = setInterval(() => void this.keep(), EVERY_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  private async keep(): Promise<void> {
    try {
      await ensurePartitions(this.pool, Date.now());
      await this.runs.forgetStartKeys('http', HTTP_KEYS_FOR);
    } catch (error) {
      this.logger.warn({ err: error }, 'The tables of the journal could not be kept');
    }
  }
}

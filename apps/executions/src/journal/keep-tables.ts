import type { Logger } from '@rpa/platform';
import type { Pool } from 'pg';
import type { RunsRepository } from '../ownership/runs.repository.js';
import { dropOldJournal } from './drop-old-journal.js';
import { AdoptionsRepository } from '../rerun/adoptions.repository.js';
import { ensurePartitions, idAt } from './journal-partitions.js';

const EVERY_MS = 3_600_000;
/** A repeat that comes later than this starts anew. */
const KEYS_FOR = '72 hours';
/** A rerun that has not begun by then does not begin any more. */
const UNBEGUN_AFTER_MS = 3_600_000;
/** So that no statement holds locks for long, and others get their turn in between. */
const BITE = 2_000;
const BITE_PAUSE_MS = 50;

/** Keeps the tables in shape: journal partitions ahead of time, old start keys away. */
export class KeepTables {
  private readonly adoptions: AdoptionsRepository;
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly pool: Pool,
    private readonly runs: RunsRepository,
    private readonly logger: Logger,
    /** Days that a journal is kept after the end of its run; 0: for ever. */
    private readonly retentionDays = 0,
  ) {
    this.adoptions = new AdoptionsRepository(pool);
  }

  /** Resolves when there is a partition for now. */
  async start(): Promise<void> {
    await ensurePartitions(this.pool, Date.now());
    this.timer = setInterval(() => void this.keep(), EVERY_MS).unref();
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearInterval(this.timer);
  }

  /** Returns how many were forgotten. */
  async forgetStartKeys(): Promise<number> {
    return this.inBites(() => this.runs.forgetStartKeys(KEYS_FOR, BITE));
  }

  /** What reruns took over that have ended, or that never began; returns how many. */
  async forgetAdoptions(now: number): Promise<number> {
    return this.inBites(() => this.adoptions.forget(idAt(now - UNBEGUN_AFTER_MS), BITE));
  }

  private async inBites(forget: () => Promise<number>): Promise<number> {
    let forgotten = 0;
    for (let bite = BITE; bite === BITE && !this.stopped;) {
      bite = await forget();
      forgotten += bite;
      await new Promise((resolve) => setTimeout(resolve, BITE_PAUSE_MS));
    }
    return forgotten;
  }

  private async keep(): Promise<void> {
    try {
      await ensurePartitions(this.pool, Date.now());
      await this.forgetStartKeys();
      await this.forgetAdoptions(Date.now());
      if (this.retentionDays > 0) await dropOldJournal(this.pool, Date.now(), this.retentionDays, this.logger);
    } catch (error) {
      this.logger.warn({ err: error }, 'The tables of the journal could not be kept');
    }
  }
}

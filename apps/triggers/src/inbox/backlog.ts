import { Inject, Injectable } from '@nestjs/common';
import { AppError } from '@rpa/contracts';
import { CONFIG, Database, LOGGER, Metrics, type Logger } from '@rpa/platform';
import type { TriggersConfig } from '../triggers.config.js';

const LOOK_EVERY_MS = 1_000;
const RETRY_AFTER_SECONDS = 5;

/** How many events wait to be handed over. When too many do, no more are taken in: refused now is better than lost later. */
@Injectable()
export class Backlog {
  private open = 0;
  private lookedAt = 0;
  private looking = false;

  constructor(
    private readonly database: Database,
    @Inject(CONFIG) private readonly config: TriggersConfig,
    @Inject(LOGGER) private readonly logger: Logger,
    metrics: Metrics,
  ) {
    metrics.gauge('rpa_open_events', 'Events that wait to be handed over, as last counted', () => this.open);
  }

  get isFull(): boolean {
    if (performance.now() - this.lookedAt > LOOK_EVERY_MS && !this.looking) void this.look();
    return this.open >= this.config.maxOpenEvents;
  }

  assertRoom(): void {
    if (!this.isFull) return;
    throw new AppError('overloaded', `${this.open} events wait to be handed over already; come again.`, {
      retryAfter: RETRY_AFTER_SECONDS,
    });
  }

  async look(): Promise<void> {
    this.looking = true;
    try {
      // Of every organization: they share what works them off.
      const { rows } = await this.database.pool.query<{ open: number }>(
        `SELECT count(*)::int AS open FROM (SELECT FROM triggers.event_intents LIMIT $1) AS counted`,
        [this.config.maxOpenEvents],
      );
      this.open = rows[0]?.open ?? 0;
    } catch (error) {
      // Without PostgreSQL nothing is taken in anyway.
      this.logger.warn({ err: error }, 'Open events could not be counted');
    } finally {
      this.lookedAt = performance.now();
      this.looking = false;
    }
  }
}

import { slaBreached } from '@rpa/contracts';
import type { Bus } from '@rpa/messaging';
import type { Logger } from '@rpa/platform';
import type { Batch } from '../analytics/counts.repository.js';
import type { SlaRepository } from './sla.repository.js';

const EVERY_MS = 5_000;

/** Writes breaches of targets down, and tells each once its row is committed. */
export class WatchTargets {
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly sla: SlaRepository,
    private readonly bus: Bus,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.look(), EVERY_MS).unref();
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  /** Right after ended runs were counted. */
  async counted(batch: Batch): Promise<void> {
    await this.sla.addEnded(batch);
    await this.sla.judgeRates(batch.organizationId);
    await this.tell();
  }

  private async look(): Promise<void> {
    try {
      await this.sla.addOverdue();
      await this.tell();
    } catch (error) {
      this.logger.warn({ err: error }, 'Targets of workflows could not be looked at; it is tried again');
    }
  }

  private async tell(): Promise<void> {
    if (!this.bus.connected) return;
    for (const { organizationId, ...breach } of await this.sla.takeUntold())
      this.bus.emit(slaBreached, organizationId, breach);
  }
}

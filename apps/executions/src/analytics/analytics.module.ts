import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@rpa/messaging';
import { Database, LOGGER, type Logger } from '@rpa/platform';
import { SlaMessages } from '../sla/sla.messages.js';
import { SlaRepository } from '../sla/sla.repository.js';
import { WatchTargets } from '../sla/watch-targets.js';
import { ChangesRepository } from '../stream/changes.repository.js';
import { AnalyticsMessages } from './analytics.messages.js';
import { CountRuns } from './count-runs.js';
import { CountsRepository } from './counts.repository.js';

/** Keeps the aggregates up, answers from them, and holds them against the targets. */
@Module({ controllers: [AnalyticsMessages, SlaMessages] })
export class AnalyticsModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly counting: CountRuns;
  private readonly targets: WatchTargets;

  constructor({ pool }: Database, bus: Bus, @Inject(LOGGER) logger: Logger) {
    this.targets = new WatchTargets(new SlaRepository(pool), bus, logger);
    const counted = this.targets.counted.bind(this.targets);
    this.counting = new CountRuns(new CountsRepository(pool), new ChangesRepository(pool), logger, counted);
  }

  onApplicationBootstrap(): void {
    this.counting.start();
    this.targets.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.targets.stop();
    await this.counting.stop();
  }
}

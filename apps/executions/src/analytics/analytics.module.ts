import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Database, LOGGER, type Logger } from '@rpa/platform';
import { ChangesRepository } from '../stream/changes.repository.js';
import { AnalyticsMessages } from './analytics.messages.js';
import { CountRuns } from './count-runs.js';
import { CountsRepository } from './counts.repository.js';

/** Keeps the aggregates up, and answers from them. */
@Module({ controllers: [AnalyticsMessages] })
export class AnalyticsModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly counting: CountRuns;

  constructor(database: Database, @Inject(LOGGER) logger: Logger) {
    const { pool } = database;
    this.counting = new CountRuns(new CountsRepository(pool), new ChangesRepository(pool), logger);
  }

  onApplicationBootstrap(): void {
    this.counting.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.counting.stop();
  }
}

import { Inject, Module, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Bus } from '@rpa/messaging';
import { CONFIG, Database, Identity, LOGGER, type Logger } from '@rpa/platform';
import type { ExecutionsConfig } from '../executions.config.js';
import { ApplyRetention } from './apply-retention.js';
import { RetentionMessages } from './retention.messages.js';
import { RetentionRepository } from './retention.repository.js';

/** How long executions are kept, and what must be kept longer. */
@Module({ controllers: [RetentionMessages] })
export class RetentionModule implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly retention: ApplyRetention;

  constructor(
    database: Database,
    bus: Bus,
    identity: Identity,
    @Inject(LOGGER) logger: Logger,
    @Inject(CONFIG) config: ExecutionsConfig,
  ) {
    const { pool } = database;
    const retention = new RetentionRepository(pool);
    this.retention = new ApplyRetention({ pool, retention, bus, identity, logger, everyMs: config.retentionEveryMs });
  }

  onApplicationBootstrap(): void {
    this.retention.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.retention.stop();
  }
}

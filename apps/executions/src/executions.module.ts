import { Module } from '@nestjs/common';
import { Bus } from '@rpa/messaging';
import { CONFIG, Database, Health, Identity, LOGGER, Metrics, Transactions, type Logger } from '@rpa/platform';
import { QuotasMessages } from './admission/quotas.messages.js';
import { ApprovalsMessages } from './approvals/approvals.messages.js';
import { BulkMessages } from './bulk/bulk.messages.js';
import { AnalyticsModule } from './analytics/analytics.module.js';
import { ExecutionsControlMessages } from './control/executions-control.messages.js';
import { ExecutionCore } from './execution-core.js';
import type { ExecutionsConfig } from './executions.config.js';
import { LogsMessages } from './logs/logs.messages.js';
import { RerunsMessages } from './rerun/reruns.messages.js';
import { ExecutionsReadMessages } from './read/executions-read.messages.js';
import { RetentionModule } from './retention/retention.module.js';
import { StreamMessages } from './stream/stream.messages.js';
import { ValuesMessages } from './values/values.messages.js';

@Module({
  imports: [AnalyticsModule, RetentionModule],
  controllers: [
    BulkMessages,
    ApprovalsMessages,
    RerunsMessages,
    ExecutionsReadMessages,
    LogsMessages,
    StreamMessages,
    QuotasMessages,
    ExecutionsControlMessages,
    ValuesMessages,
  ],
  providers: [
    {
      provide: ExecutionCore,
      inject: [CONFIG, LOGGER, Bus, Database, Transactions, Identity, Metrics, Health],
      useFactory: (
        config: ExecutionsConfig,
        logger: Logger,
        bus: Bus,
        database: Database,
        transactions: Transactions,
        identity: Identity,
        metrics: Metrics,
        health: Health,
      ) => new ExecutionCore({ config, logger, bus, database, transactions, identity, metrics, health }),
    },
  ],
})
export class ExecutionsModule {}

import { startExecution } from '@rpa/contracts';
import {
  ExecutionEntity,
  LegalHoldEntity,
  RetentionPolicyEntity,
  SlaBreachEntity,
  SlaTargetEntity,
} from '@rpa/entities/executions';
import { startService, type RunningService } from '@rpa/platform';
import { ExecutionCore } from './execution-core.js';
import { executionsConfig, type ExecutionsConfig } from './executions.config.js';
import { ExecutionsModule } from './executions.module.js';
import { MIGRATIONS } from './migrations/migrations.js';

/** Starts the service that runs workflows. */
export async function start(config: ExecutionsConfig = executionsConfig.load()): Promise<RunningService> {
  return startService({
    service: 'executions',
    config,
    module: ExecutionsModule,
    database: {
      schema: 'executions',
      config,
      entities: [ExecutionEntity, LegalHoldEntity, RetentionPolicyEntity, SlaBreachEntity, SlaTargetEntity],
      migrations: MIGRATIONS,
      ownIdempotency: true,
    },
    async bind(app, strategy) {
      const core = app.get(ExecutionCore);
      await core.open();
      strategy.handleDirectly(startExecution, (request, context) => core.start.execute(request, context));
    },
    started: (app) => app.get(ExecutionCore).run(),
    stopping: (app) => app.get(ExecutionCore).stop(),
  });
}

import { loadVersion, resolveVersion } from '@rpa/contracts';
import { StepTypeEntity, WorkflowEntity, WorkflowVersionEntity } from '@rpa/entities/workflows';
import { idempotencyMigration, startService, type RunningService } from '@rpa/platform';
import { Workflows1763800000000 } from './migrations/1763800000000-workflows.js';
import { StepCatalog } from './step-types/step-catalog.js';
import { LoadVersion } from './versions/load-version.js';
import { ResolveVersion } from './versions/resolve-version.js';
import { workflowsConfig, type WorkflowsConfig } from './workflows.config.js';
import { WorkflowsModule } from './workflows.module.js';

export async function start(config: WorkflowsConfig = workflowsConfig.load()): Promise<RunningService> {
  return startService({
    service: 'workflows',
    config,
    module: WorkflowsModule,
    database: {
      schema: 'workflows',
      config,
      entities: [WorkflowEntity, WorkflowVersionEntity, StepTypeEntity],
      migrations: [idempotencyMigration('workflows'), Workflows1763800000000],
    },
    bind(app, strategy, { health }) {
      // Asked at every start of a workflow: no Nest between the wire and the statement.
      const resolve = app.get(ResolveVersion, { strict: false });
      const load = app.get(LoadVersion, { strict: false });
      strategy.handleDirectly(resolveVersion, (request, context) => resolve.execute(context.principal, request));
      strategy.handleDirectly(loadVersion, (request, context) => load.execute(context.principal, request));
      const catalog = app.get(StepCatalog, { strict: false });
      health.add('step types', () => catalog.check(config.expectedStepSources));
    },
  });
}

import { HealthCheckEntity, IntegrationEntity } from '@rpa/entities/integrations';
import { idempotencyMigration, startService, type RunningService } from '@rpa/platform';
import { integrationsConfig, type IntegrationsConfig } from './integrations.config.js';
import { IntegrationsModule } from './integrations.module.js';
import { Integrations1764200000000 } from './migrations/1764200000000-integrations.js';

export async function start(config: IntegrationsConfig = integrationsConfig.load()): Promise<RunningService> {
  return startService({
    service: 'integrations',
    config,
    module: IntegrationsModule,
    database: {
      schema: 'integrations',
      config,
      entities: [IntegrationEntity, HealthCheckEntity],
      migrations: [idempotencyMigration('integrations'), Integrations1764200000000],
    },
  });
}

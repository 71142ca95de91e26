import { Module } from '@nestjs/common';
import { CheckIntegrationHealth } from './health/check-integration-health.js';
import { RedeemIntegrationCredential } from './health/redeem-integration-credential.js';
import { HealthChecksRepository } from './health/health-checks.repository.js';
import { HealthMessages } from './health/health.messages.js';
import { GuardedEgress, httpClientProvider } from './health/http-client.js';
import { ChangeIntegration } from './integrations/change-integration.js';
import { IntegrationsMessages } from './integrations/integrations.messages.js';
import { IntegrationsRepository } from './integrations/integrations.repository.js';
import { SaveIntegration } from './integrations/save-integration.js';
import { ToggleIntegration } from './integrations/toggle-integration.js';

@Module({
  controllers: [IntegrationsMessages, HealthMessages],
  providers: [
    IntegrationsRepository,
    ChangeIntegration,
    SaveIntegration,
    ToggleIntegration,
    HealthChecksRepository,
    CheckIntegrationHealth,
    RedeemIntegrationCredential,
    GuardedEgress,
    httpClientProvider,
  ],
})
export class IntegrationsModule {}

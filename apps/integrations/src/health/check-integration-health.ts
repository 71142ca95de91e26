import { Inject, Injectable } from '@nestjs/common';
import { AppError, type HealthCheckResult } from '@rpa/contracts';
import type { IntegrationEntity } from '@rpa/entities/integrations';
import { StepFailure, type HttpClient } from '@rpa/step-kit';
import { ChangeIntegration } from '../integrations/change-integration.js';
import { IntegrationsRepository } from '../integrations/integrations.repository.js';
import { HealthChecksRepository } from './health-checks.repository.js';
import { HTTP_CLIENT } from './http-client.js';
import { RedeemIntegrationCredential } from './redeem-integration-credential.js';
import { probeIntegration } from './probe-integration.js';

const CHECKABLE = 'rest_api';

@Injectable()
export class CheckIntegrationHealth {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly checks: HealthChecksRepository,
    private readonly credentials: RedeemIntegrationCredential,
    private readonly changing: ChangeIntegration,
    @Inject(HTTP_CLIENT) private readonly http: HttpClient,
  ) {}

  /** Checks and keeps the finding. */
  async execute(organizationId: string, id: string): Promise<HealthCheckResult> {
    const integration = await this.checkable(organizationId, id);
    if (!integration.enabled) throw new AppError('conflict', 'The integration is disabled: enable it first.');
    if (!(await this.checks.begin(organizationId, id)))
      throw new AppError('conflict', 'The integration is being checked already.');
    try {
      const result = await this.probe(integration, integration.maxRetries);
      await this.checks.finish(organizationId, id, result);
      await this.changing.checked(integration, 'integration.checked', result);
      return result;
    } catch (error) {
      await this.checks.giveUp(organizationId, id).catch(() => undefined);
      throw error;
    }
  }

  /** Tries once and keeps nothing; also of a disabled integration. */
  async test(organizationId: string, id: string): Promise<HealthCheckResult> {
    const integration = await this.checkable(organizationId, id);
    const result = await this.probe(integration, 0);
    await this.changing.checked(integration, 'integration.tested', result);
    return result;
  }

  private async probe(integration: IntegrationEntity, retries: number): Promise<HealthCheckResult> {
    try {
      const credential = await this.credentials.execute(integration);
      return await probeIntegration(this.http, integration, credential, retries);
    } catch (error) {
      // Without its credential nothing was asked: that is what is wrong with it.
      if (!(error instanceof StepFailure)) throw error;
      const nothing = { httpStatus: null, latencyMs: 0, attempts: 1, checkedAt: new Date().toISOString() };
      return { ...nothing, status: 'down', error: error.message };
    }
  }

  private async checkable(organizationId: string, id: string): Promise<IntegrationEntity> {
    const integration = await this.integrations.get(organizationId, id);
    if (integration.type === CHECKABLE) return integration;
    throw new AppError('validation_failed', `Integrations of type ${integration.type} cannot be checked yet.`);
  }
}

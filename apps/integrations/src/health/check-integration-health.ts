import { Inject, Injectable } from '@nestjs/common';
import { AppError, type HealthCheckResult } from '@rpa/contracts';
import type { IntegrationEntity } from '@rpa/entities/integrations';
import type { HttpClient } from '@rpa/step-kit';
import { IntegrationsRepository } from '../integrations/integrations.repository.js';
import { HealthChecksRepository } from './health-checks.repository.js';
import { HTTP_CLIENT } from './http-client.js';
import { probeIntegration } from './probe-integration.js';

const CHECKABLE = 'rest_api';

@Injectable()
export class CheckIntegrationHealth {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly checks: HealthChecksRepository,
    @Inject(HTTP_CLIENT) private readonly http: HttpClient,
  ) {}

  /** Checks and keeps the finding. */
  async execute(organizationId: string, id: string): Promise<HealthCheckResult> {
    const integration = await this.checkable(organizationId, id);
    if (!integration.enabled) throw new AppError('conflict', 'The integration is disabled: enable it first.');
    if (!(await this.checks.begin(organizationId, id)))
      throw new AppError('conflict', 'The integration is being checked already.');
    try {
      const result = await probeIntegration(this.http, integration, integration.maxRetries);
      await this.checks.finish(organizationId, id, result);
      return result;
    } catch (error) {
      await this.checks.giveUp(organizationId, id).catch(() => undefined);
      throw error;
    }
  }

  /** Tries once and keeps nothing; also of a disabled integration. */
  async test(organizationId: string, id: string): Promise<HealthCheckResult> {
    return probeIntegration(this.http, await this.checkable(organizationId, id), 0);
  }

  private async checkable(organizationId: string, id: string): Promise<IntegrationEntity> {
    const integration = await this.integrations.get(organizationId, id);
    if (integration.type === CHECKABLE) return integration;
    throw new AppError('validation_failed', `Integrations of type ${integration.type} cannot be checked yet.`);
  }
}

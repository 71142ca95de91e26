import { Injectable } from '@nestjs/common';
import {
  AppError,
  checkCredentialKeys,
  type CreateIntegrationRequest,
  type IntegrationView,
  type UpdateIntegrationRequest,
} from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Identity, sqlState } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { ChangeIntegration } from './change-integration.js';
import { completeSettings, type CompleteSettings } from './check-settings.js';
import { toView } from './integration-view.js';
import { IntegrationsRepository } from './integrations.repository.js';

const UNIQUE_VIOLATION = '23505';

/** Creates and changes integrations: settings that fit together, on a credential that exists. */
@Injectable()
export class SaveIntegration {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly changing: ChangeIntegration,
    private readonly bus: Bus,
    private readonly identity: Identity,
  ) {}

  async create(organizationId: string, request: CreateIntegrationRequest): Promise<IntegrationView> {
    const { key, type, ...given } = request;
    const settings = completeSettings(given);
    await this.checkCredential(organizationId, settings);
    try {
      return toView(await this.changing.insert(organizationId, { ...settings, id: uuidv7(), key, type }));
    } catch (error) {
      if (sqlState(error) !== UNIQUE_VIOLATION) throw error;
      throw new AppError('already_exists', `There is an integration with the key '${key}'.`, { cause: error });
    }
  }

  async update(organizationId: string, request: UpdateIntegrationRequest): Promise<IntegrationView> {
    const { id, revision, ...given } = request;
    const former = await this.integrations.get(organizationId, id);
    const settings = completeSettings(given, settingsOf(former));
    if (settings.credentialKey !== former.credentialKey) await this.checkCredential(organizationId, settings);
    return toView(await this.changing.change(organizationId, former, revision, settings, 'integration.updated'));
  }

  private async checkCredential(organizationId: string, { credentialKey }: CompleteSettings): Promise<void> {
    if (credentialKey === null) return;
    const principal = await this.identity.serviceToken({ id: organizationId });
    const { missing } = await this.bus.request(checkCredentialKeys, { keys: [credentialKey] }, { principal });
    if (missing.length > 0)
      throw new AppError('validation_failed', `There is no credential '${credentialKey}'.`, {
        errors: [{ path: 'credentialKey', code: 'credential', message: `there is no credential '${credentialKey}'` }],
      });
  }
}

function settingsOf(row: object): CompleteSettings {
  const whole = row as CompleteSettings;
  return {
    name: whole.name,
    description: whole.description,
    baseUrl: whole.baseUrl,
    authType: whole.authType,
    credentialKey: whole.credentialKey,
    headers: whole.headers,
    timeout: whole.timeout,
    healthCheckUrl: whole.healthCheckUrl,
    healthCheckMethod: whole.healthCheckMethod,
    expectedStatus: whole.expectedStatus,
    healthCheckInterval: whole.healthCheckInterval,
    maxRetries: whole.maxRetries,
    retryDelay: whole.retryDelay,
    rateLimitPerMinute: whole.rateLimitPerMinute,
    tags: whole.tags,
    alertAfterFailures: whole.alertAfterFailures,
  };
}

import { Injectable } from '@nestjs/common';
import type { IntegrationView, ToggleIntegrationRequest } from '@rpa/contracts';
import { ChangeIntegration } from './change-integration.js';
import { toView } from './integration-view.js';
import { IntegrationsRepository } from './integrations.repository.js';

@Injectable()
export class ToggleIntegration {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly changing: ChangeIntegration,
  ) {}

  async execute(organizationId: string, { id, enabled }: ToggleIntegrationRequest): Promise<IntegrationView> {
    const row = await this.integrations.get(organizationId, id);
    const wanted = enabled ?? !row.enabled;
    if (wanted === row.enabled) return toView(row);
    const change = { enabled: wanted };
    return toView(await this.changing.change(organizationId, row, row.revision, change, 'integration.toggled'));
  }
}

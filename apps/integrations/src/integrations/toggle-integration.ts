import { Injectable } from '@nestjs/common';
import type { IntegrationView, ToggleIntegrationRequest } from '@rpa/contracts';
import { toView } from './integration-view.js';
import { IntegrationsRepository } from './integrations.repository.js';

@Injectable()
export class ToggleIntegration {
  constructor(private readonly integrations: IntegrationsRepository) {}

  async execute(organizationId: string, { id, enabled }: ToggleIntegrationRequest): Promise<IntegrationView> {
    const row = await this.integrations.get(organizationId, id);
    const wanted = enabled ?? !row.enabled;
    if (wanted === row.enabled) return toView(row);
    return toView(await this.integrations.change(organizationId, id, row.revision, { enabled: wanted }));
  }
}

import {
  createIntegration,
  deleteIntegration,
  findIntegrationsByCredential,
  getIntegration,
  getIntegrationsDashboard,
  listIntegrations,
  restoreIntegration,
  toggleIntegration,
  updateIntegration,
  INTEGRATION_STATUSES,
  type ByIdRequest,
  type CreateIntegrationRequest,
  type DoneReply,
  type FindIntegrationsByCredentialReply,
  type FindIntegrationsByCredentialRequest,
  type GetIntegrationsDashboardReply,
  type GetIntegrationsDashboardRequest,
  type IntegrationStatus,
  type IntegrationView,
  type ListIntegrationsReply,
  type ListIntegrationsRequest,
  type ToggleIntegrationRequest,
  type UpdateIntegrationRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { organizationOf } from '@rpa/platform';
import { ChangeIntegration } from './change-integration.js';
import { toView } from './integration-view.js';
import { IntegrationsRepository } from './integrations.repository.js';
import { SaveIntegration } from './save-integration.js';
import { ToggleIntegration } from './toggle-integration.js';

@Messages()
export class IntegrationsMessages {
  constructor(
    private readonly integrations: IntegrationsRepository,
    private readonly changing: ChangeIntegration,
    private readonly saving: SaveIntegration,
    private readonly toggling: ToggleIntegration,
  ) {}

  @Handles(createIntegration)
  create(request: CreateIntegrationRequest, { principal }: MessageContext): Promise<IntegrationView> {
    return this.saving.create(organizationOf(principal), request);
  }

  @Handles(getIntegration)
  async get({ id }: ByIdRequest, { principal }: MessageContext): Promise<IntegrationView> {
    return toView(await this.integrations.get(organizationOf(principal), id));
  }

  @Handles(listIntegrations)
  async list(request: ListIntegrationsRequest, { principal }: MessageContext): Promise<ListIntegrationsReply> {
    const { data, nextCursor } = await this.integrations.page(organizationOf(principal), request);
    return { data: data.map(toView), nextCursor };
  }

  @Handles(updateIntegration)
  update(request: UpdateIntegrationRequest, { principal }: MessageContext): Promise<IntegrationView> {
    return this.saving.update(organizationOf(principal), request);
  }

  @Handles(toggleIntegration)
  toggle(request: ToggleIntegrationRequest, { principal }: MessageContext): Promise<IntegrationView> {
    return this.toggling.execute(organizationOf(principal), request);
  }

  @Handles(deleteIntegration)
  async delete({ id }: ByIdRequest, { principal }: MessageContext): Promise<DoneReply> {
    await this.changing.delete(organizationOf(principal), id);
    return {};
  }

  @Handles(restoreIntegration)
  async restore({ id }: ByIdRequest, { principal }: MessageContext): Promise<IntegrationView> {
    return toView(await this.changing.restore(organizationOf(principal), id));
  }

  @Handles(getIntegrationsDashboard)
  async dashboard(
    _request: GetIntegrationsDashboardRequest,
    { principal }: MessageContext,
  ): Promise<GetIntegrationsDashboardReply> {
    const counts = await this.integrations.counts(organizationOf(principal));
    const none = INTEGRATION_STATUSES.map((status) => [status, 0]);
    const byStatus = Object.fromEntries(none) as Record<IntegrationStatus, number>;
    const byType: Record<string, number> = {};
    for (const { type, status, count } of counts) {
      byStatus[status as IntegrationStatus] += count;
      byType[type] = (byType[type] ?? 0) + count;
    }
    const sum = (numbers: number[]): number => numbers.reduce((total, one) => total + one, 0);
    return {
      total: sum(counts.map(({ count }) => count)),
      byStatus,
      byType,
      activeAlerts: sum(counts.map(({ alerts }) => alerts)),
    };
  }

  @Handles(findIntegrationsByCredential)
  async findByCredential(
    { key }: FindIntegrationsByCredentialRequest,
    { principal }: MessageContext,
  ): Promise<FindIntegrationsByCredentialReply> {
    return { data: await this.integrations.findByCredential(organizationOf(principal), key) };
  }
}

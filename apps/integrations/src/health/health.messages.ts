import {
  checkIntegrationHealth,
  listActiveAlerts,
  listHealthHistory,
  testIntegration,
  type ByIdRequest,
  type CheckedStatus,
  type HealthCheckResult,
  type ListActiveAlertsReply,
  type ListActiveAlertsRequest,
  type ListHealthHistoryReply,
  type ListHealthHistoryRequest,
} from '@rpa/contracts';
import { Handles, Messages, type MessageContext } from '@rpa/messaging';
import { decodeCursor, encodeCursor, organizationOf } from '@rpa/platform';
import { statusOf } from '../integrations/integration-view.js';
import { IntegrationsRepository } from '../integrations/integrations.repository.js';
import { CheckIntegrationHealth } from './check-integration-health.js';
import { HealthChecksRepository } from './health-checks.repository.js';

const DEFAULT_LIMIT = 50;

@Messages()
export class HealthMessages {
  constructor(
    private readonly checking: CheckIntegrationHealth,
    private readonly integrations: IntegrationsRepository,
    private readonly checks: HealthChecksRepository,
  ) {}

  @Handles(checkIntegrationHealth)
  check({ id }: ByIdRequest, { principal }: MessageContext): Promise<HealthCheckResult> {
    return this.checking.execute(organizationOf(principal), id);
  }

  @Handles(testIntegration)
  test({ id }: ByIdRequest, { principal }: MessageContext): Promise<HealthCheckResult> {
    return this.checking.test(organizationOf(principal), id);
  }

  @Handles(listHealthHistory)
  async history(
    { id, ...page }: ListHealthHistoryRequest,
    { principal }: MessageContext,
  ): Promise<ListHealthHistoryReply> {
    const organizationId = organizationOf(principal);
    await this.integrations.get(organizationId, id);
    const { data, nextCursor } = await this.checks.page(organizationId, id, page);
    const entries = data.map((row) => ({
      id: row.id,
      status: row.status as CheckedStatus,
      httpStatus: row.httpStatus,
      latencyMs: row.latencyMs,
      error: row.error,
      attempts: row.attempts,
      checkedAt: row.createdAt.toISOString(),
    }));
    return { data: entries, nextCursor };
  }

  @Handles(listActiveAlerts)
  async alerts(
    { limit = DEFAULT_LIMIT, cursor }: ListActiveAlertsRequest,
    { principal }: MessageContext,
  ): Promise<ListActiveAlertsReply> {
    const after = cursor ? decodeCursor(cursor) : null;
    const rows = await this.integrations.failing(organizationOf(principal), limit, after);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return {
      data: shown.map((row) => ({
        integrationId: row.id,
        key: row.key,
        name: row.name,
        status: statusOf(row),
        consecutiveFailures: row.consecutiveFailures,
        lastError: row.lastError,
        lastCheckedAt: row.lastCheckedAt?.toISOString() ?? null,
      })),
      nextCursor: rows.length > limit && last ? encodeCursor(last.id) : null,
    };
  }
}

import { IsIn, IsInt } from 'class-validator';
import { defineCommand } from '../messages/define-command.js';
import { IsId, JsonField } from '../messages/fields.js';
import { ByIdRequest, ListRequest } from '../messages/lists.js';
import { INTEGRATION_EXAMPLE, type CheckedStatus, type IntegrationStatus } from './integration-view.js';

const { id, key, name } = INTEGRATION_EXAMPLE;

/** What one check of an external system found. */
export class HealthCheckResult {
  @IsIn(['healthy', 'degraded', 'down'])
  status!: CheckedStatus;

  /** HTTP status, when there was an answer. */
  @JsonField()
  httpStatus!: number | null;

  /** Milliseconds of the last try. */
  @IsInt()
  latencyMs!: number;

  @JsonField()
  error!: string | null;

  /** How often it was tried. */
  @IsInt()
  attempts!: number;

  @JsonField()
  checkedAt!: string;
}

const RESULT: HealthCheckResult = {
  status: 'healthy',
  httpStatus: 200,
  latencyMs: 42,
  error: null,
  attempts: 1,
  checkedAt: '2026-01-01T00:00:00.000Z',
};

/** Longest that a check may take with all its tries, in milliseconds. */
export const HEALTH_CHECK_LIMIT_MS = 60_000;

/** Fails with `conflict` while the integration is disabled or another check of it runs. */
export const checkIntegrationHealth = defineCommand({
  subject: 'rpc.integrations.v1.integration.check-health',
  owner: 'integrations',
  summary: 'Check an external system now, and keep the result',
  access: { permission: 'integrations:write' },
  audit: 'integration.checked',
  request: ByIdRequest,
  reply: HealthCheckResult,
  timeoutMs: HEALTH_CHECK_LIMIT_MS + 5_000,
  example: { request: { id }, reply: RESULT },
});

export const testIntegration = defineCommand({
  subject: 'rpc.integrations.v1.integration.test',
  owner: 'integrations',
  summary: 'Try the connection once, without keeping the result',
  access: { permission: 'integrations:write' },
  audit: 'integration.tested',
  request: ByIdRequest,
  reply: HealthCheckResult,
  timeoutMs: HEALTH_CHECK_LIMIT_MS + 5_000,
  example: { request: { id }, reply: RESULT },
});

export interface HealthHistoryEntry extends HealthCheckResult {
  id: string;
}

export class ListHealthHistoryRequest extends ListRequest {
  @IsId()
  id!: string;
}

export class ListHealthHistoryReply {
  @JsonField()
  data!: HealthHistoryEntry[];

  @JsonField()
  nextCursor!: string | null;
}

export const listHealthHistory = defineCommand({
  subject: 'rpc.integrations.v1.health-history.list',
  owner: 'integrations',
  summary: 'List the checks of an integration, newest first',
  access: { permission: 'integrations:read' },
  request: ListHealthHistoryRequest,
  reply: ListHealthHistoryReply,
  example: { request: { id, limit: 10 }, reply: { data: [{ id, ...RESULT }], nextCursor: null } },
});

export class GetIntegrationsDashboardRequest {}

export class GetIntegrationsDashboardReply {
  @IsInt()
  total!: number;

  /** How many there are in each status. */
  @JsonField()
  byStatus!: Record<IntegrationStatus, number>;

  /** How many there are of each type that is used. */
  @JsonField()
  byType!: Record<string, number>;

  /** How many have failed often enough to be an alert. */
  @IsInt()
  activeAlerts!: number;
}

export const getIntegrationsDashboard = defineCommand({
  subject: 'rpc.integrations.v1.dashboard.get',
  owner: 'integrations',
  summary: 'Count integrations by status and type',
  access: { permission: 'integrations:read' },
  request: GetIntegrationsDashboardRequest,
  reply: GetIntegrationsDashboardReply,
  example: {
    request: {},
    reply: {
      total: 1,
      byStatus: { healthy: 1, degraded: 0, down: 0, unknown: 0, disabled: 0, checking: 0 },
      byType: { rest_api: 1 },
      activeAlerts: 0,
    },
  },
});

/** An integration whose checks have failed as often in a row as its settings allow. */
export interface IntegrationAlert {
  integrationId: string;
  key: string;
  name: string;
  status: IntegrationStatus;
  consecutiveFailures: number;
  lastError: string | null;
  lastCheckedAt: string | null;
}

export class ListActiveAlertsReply {
  @JsonField()
  data!: IntegrationAlert[];

  @JsonField()
  nextCursor!: string | null;
}

export class ListActiveAlertsRequest extends ListRequest {}

export const listActiveAlerts = defineCommand({
  subject: 'rpc.integrations.v1.alert.list',
  owner: 'integrations',
  summary: 'List integrations that fail',
  access: { permission: 'integrations:read' },
  request: ListActiveAlertsRequest,
  reply: ListActiveAlertsReply,
  example: {
    request: {},
    reply: {
      data: [
        {
          integrationId: id,
          key,
          name,
          status: 'down',
          consecutiveFailures: 4,
          lastError: 'The connection failed (ECONNREFUSED).',
          lastCheckedAt: '2026-01-01T00:00:00.000Z',
        },
      ],
      nextCursor: null,
    },
  },
});

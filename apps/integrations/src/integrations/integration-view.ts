import type { IntegrationStatus, IntegrationView } from '@rpa/contracts';
import type { IntegrationEntity } from '@rpa/entities/integrations';

export function toView(row: IntegrationEntity): IntegrationView {
  const { organizationId: _organization, deletedAt: _deleted, checkingUntil: _checking, ...shown } = row;
  return {
    ...(shown as unknown as IntegrationView),
    status: statusOf(row),
    lastCheckedAt: row.lastCheckedAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** What people see: the last check's finding, unless the integration is disabled or being checked. */
export function statusOf(row: Pick<IntegrationEntity, 'enabled' | 'checkingUntil' | 'status'>): IntegrationStatus {
  if (!row.enabled) return 'disabled';
  if (row.checkingUntil && row.checkingUntil.getTime() > Date.now()) return 'checking';
  return row.status as IntegrationStatus;
}

/** What the audit log tells of an integration: its settings, not its health. */
export function toAudited(row: IntegrationEntity): object {
  const { name, key, type, description, baseUrl, authType, credentialKey, headers, timeout, enabled, tags } = row;
  const { healthCheckUrl, healthCheckMethod, expectedStatus, healthCheckInterval, alertAfterFailures } = row;
  return {
    ...{ name, key, type, description, baseUrl, authType, credentialKey, headerNames: Object.keys(headers), timeout },
    ...{ enabled, tags, healthCheckUrl, healthCheckMethod, expectedStatus, healthCheckInterval, alertAfterFailures },
  };
}

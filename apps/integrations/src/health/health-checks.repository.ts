import { Injectable } from '@nestjs/common';
import { HEALTH_CHECK_LIMIT_MS, type HealthCheckResult } from '@rpa/contracts';
import { HealthCheckEntity } from '@rpa/entities/integrations';
import { Database, TenantRepository, Transactions, type Page } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';

/** Checks kept of one integration. */
const KEPT_CHECKS = 1_000;

@Injectable()
export class HealthChecksRepository {
  private readonly rows: TenantRepository<HealthCheckEntity>;

  constructor(
    transactions: Transactions,
    private readonly database: Database,
  ) {
    this.rows = new TenantRepository(transactions, HealthCheckEntity, 'health check');
  }

  page(
    organizationId: string,
    integrationId: string,
    options: { limit?: number; cursor?: string },
  ): Promise<Page<HealthCheckEntity>> {
    return this.rows.page(organizationId, { integrationId }, options);
  }

  /** Takes the right to check; false while somebody else has it. It ends by itself should the process die. */
  async begin(organizationId: string, integrationId: string): Promise<boolean> {
    const { rowCount } = await this.database.pool.query(
      `UPDATE integrations.integrations SET checking_until = now() + $3 * interval '1 millisecond'
        WHERE organization_id = $1 AND id = $2 AND deleted_at IS NULL
          AND (checking_until IS NULL OR checking_until < now())`,
      [organizationId, integrationId, HEALTH_CHECK_LIMIT_MS + 5_000],
    );
    return rowCount === 1;
  }

  async giveUp(organizationId: string, integrationId: string): Promise<void> {
    await this.database.pool.query(
      'UPDATE integrations.integrations SET checking_until = NULL WHERE organization_id = $1 AND id = $2',
      [organizationId, integrationId],
    );
  }

  /** Writes the finding down and forgets the oldest ones, in one statement. */
  async finish(organizationId: string, integrationId: string, result: HealthCheckResult): Promise<void> {
    const { status, httpStatus, latencyMs, error, attempts, checkedAt } = result;
    await this.database.pool.query(
      `WITH checked AS (
         INSERT INTO integrations.health_checks
           (id, organization_id, integration_id, status, http_status, latency_ms, error, attempts, created_at)
         VALUES ($3, $1, $2, $4, $5, $6, $7, $8, $9)
       ), forgotten AS (
         DELETE FROM integrations.health_checks
          WHERE organization_id = $1 AND id IN (
            SELECT id FROM integrations.health_checks WHERE organization_id = $1 AND integration_id = $2
             ORDER BY id DESC OFFSET ${KEPT_CHECKS - 1} LIMIT 100)
       )
       UPDATE integrations.integrations
          SET checking_until = NULL, status = $4, last_checked_at = $9, last_latency_ms = $6, last_error = $7,
              consecutive_failures = CASE WHEN $4 = 'healthy' THEN 0 ELSE consecutive_failures + 1 END
        WHERE organization_id = $1 AND id = $2`,
      [organizationId, integrationId, uuidv7(), status, httpStatus, latencyMs, error, attempts, checkedAt],
    );
  }
}

import { Injectable } from '@nestjs/common';
import { AppError, type ListIntegrationsRequest } from '@rpa/contracts';
import { IntegrationEntity } from '@rpa/entities/integrations';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { ArrayContains, type FindOptionsWhere } from 'typeorm';
import type { CompleteSettings } from './check-settings.js';

export interface IntegrationCounts {
  type: string;
  status: string;
  count: number;
  alerts: number;
}

@Injectable()
export class IntegrationsRepository {
  private readonly rows: TenantRepository<IntegrationEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, IntegrationEntity, 'integration');
  }

  get(organizationId: string, id: string): Promise<IntegrationEntity> {
    return this.rows.get(organizationId, id);
  }

  page(organizationId: string, { type, tag, ...page }: ListIntegrationsRequest): Promise<Page<IntegrationEntity>> {
    const where: FindOptionsWhere<IntegrationEntity> = {
      ...(type && { type }),
      ...(tag && { tags: ArrayContains([tag]) }),
    };
    return this.rows.page(organizationId, where, page);
  }

  findByCredential(organizationId: string, key: string): Promise<{ id: string; key: string; name: string }[]> {
    return this.transactions.manager.query(
      `SELECT id, key, name FROM integrations.integrations
        WHERE organization_id = $1 AND credential_key = $2 AND deleted_at IS NULL ORDER BY id DESC LIMIT 200`,
      [organizationId, key],
    );
  }

  async insert(
    organizationId: string,
    row: CompleteSettings & Pick<IntegrationEntity, 'id' | 'key' | 'type'>,
  ): Promise<IntegrationEntity> {
    await this.rows.insert(organizationId, {
      ...row,
      enabled: true,
      status: 'unknown',
      consecutiveFailures: 0,
      revision: 1,
    });
    return this.rows.get(organizationId, row.id);
  }

  /** Writes a change on top of the revision that it was made for; another one is `stale`. */
  async change(
    organizationId: string,
    id: string,
    revision: number,
    change: Partial<CompleteSettings> & { enabled?: boolean },
  ): Promise<IntegrationEntity> {
    const result = await this.transactions.manager
      .getRepository(IntegrationEntity)
      .createQueryBuilder()
      .update()
      .set({ ...change, revision: () => 'revision + 1' })
      .where('organization_id = :organizationId AND id = :id AND revision = :revision AND deleted_at IS NULL', {
        organizationId,
        id,
        revision,
      })
      .execute();
    const row = await this.rows.get(organizationId, id);
    if (result.affected === 1) return row;
    throw new AppError('stale', `The integration has changed: it is at revision ${row.revision}, not ${revision}.`);
  }

  softDelete(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  restore(organizationId: string, id: string): Promise<IntegrationEntity> {
    return this.rows.restore(organizationId, id);
  }

  counts(organizationId: string): Promise<IntegrationCounts[]> {
    return this.transactions.manager.query<IntegrationCounts[]>(
      `SELECT type, count(*)::int AS count,
              CASE WHEN NOT enabled THEN 'disabled' WHEN checking_until > now() THEN 'checking' ELSE status END AS status,
              count(*) FILTER (WHERE enabled AND consecutive_failures >= alert_after_failures)::int AS alerts
         FROM integrations.integrations
        WHERE organization_id = $1 AND deleted_at IS NULL
        GROUP BY 1, 3`,
      [organizationId],
    );
  }

  /** One more than `limit`, newest first, so that the caller sees whether there are more. */
  failing(organizationId: string, limit: number, after: string | null): Promise<IntegrationEntity[]> {
    const query = this.transactions.manager
      .getRepository(IntegrationEntity)
      .createQueryBuilder('integration')
      .where('integration.organizationId = :organizationId', { organizationId })
      .andWhere('integration.enabled AND integration.consecutiveFailures > 0')
      .andWhere('integration.consecutiveFailures >= integration.alertAfterFailures')
      .orderBy('integration.id', 'DESC')
      .take(limit + 1);
    if (after) query.andWhere('integration.id < :after', { after });
    return query.getMany();
  }
}

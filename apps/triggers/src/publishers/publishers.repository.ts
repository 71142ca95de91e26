import { Injectable } from '@nestjs/common';
import { EventPublisherEntity } from '@rpa/entities/triggers';
import { Database, TenantRepository, Transactions, type Page } from '@rpa/platform';
import type { DeepPartial } from 'typeorm';

export interface PublisherProof {
  organizationSlug: string;
  passwordHash: string;
}

@Injectable()
export class PublishersRepository {
  private readonly rows: TenantRepository<EventPublisherEntity>;

  constructor(
    transactions: Transactions,
    private readonly database: Database,
  ) {
    this.rows = new TenantRepository(transactions, EventPublisherEntity, 'event publisher');
  }

  insert(organizationId: string, row: DeepPartial<EventPublisherEntity>): Promise<EventPublisherEntity> {
    return this.rows.insert(organizationId, row);
  }

  page(organizationId: string, page: { limit?: number; cursor?: string }): Promise<Page<EventPublisherEntity>> {
    return this.rows.page(organizationId, {}, page);
  }

  revoke(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  /** Of whatever organization: a connection to NATS names itself by its user alone. */
  async findProof(user: string): Promise<PublisherProof | null> {
    const { rows } = await this.database.pool.query<PublisherProof>({
      name: 'publisher_proof',
      text: `SELECT organization_slug AS "organizationSlug", password_hash AS "passwordHash"
               FROM triggers.event_publishers WHERE "user" = $1 AND deleted_at IS NULL`,
      values: [user],
    });
    return rows[0] ?? null;
  }
}

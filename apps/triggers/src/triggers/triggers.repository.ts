import { Injectable } from '@nestjs/common';
import { AppError, type ListTriggersRequest, type SetTriggersEnabledRequest } from '@rpa/contracts';
import { TriggerEntity } from '@rpa/entities/triggers';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { In, type DeepPartial } from 'typeorm';

export type TriggerChange = Partial<
  Pick<TriggerEntity, 'workflowId' | 'name' | 'enabled' | 'config' | 'inputs' | 'channel' | 'problem' | 'secretId'>
>;

@Injectable()
export class TriggersRepository {
  private readonly rows: TenantRepository<TriggerEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, TriggerEntity, 'trigger');
  }

  get(organizationId: string, id: string): Promise<TriggerEntity> {
    return this.rows.get(organizationId, id);
  }

  page(organizationId: string, request: ListTriggersRequest): Promise<Page<TriggerEntity>> {
    const { workflowId, type, enabled } = request;
    const where = {
      ...(workflowId && { workflowId }),
      ...(type && { type }),
      ...(enabled !== undefined && { enabled }),
    };
    return this.rows.page(organizationId, where, request);
  }

  insert(organizationId: string, row: DeepPartial<TriggerEntity>): Promise<TriggerEntity> {
    return this.rows.insert(organizationId, row);
  }

  /** Writes a change on top of the revision that it was made for; another one is `stale`. */
  async change(organizationId: string, id: string, revision: number, change: TriggerChange): Promise<TriggerEntity> {
    const result = await this.transactions.manager
      .getRepository(TriggerEntity)
      .createQueryBuilder()
      .update()
      .set({ ...change, revision: () => 'revision + 1' } as never)
      .where('organization_id = :organizationId AND id = :id AND revision = :revision AND deleted_at IS NULL', {
        organizationId,
        id,
        revision,
      })
      .execute();
    const row = await this.rows.get(organizationId, id);
    if (result.affected === 1) return row;
    throw stale(row.revision, revision);
  }

  /** Ids of the triggers that are so now, of those that the request names. */
  async findSwitchable(
    organizationId: string,
    { ids, workflowId, type }: SetTriggersEnabledRequest,
    enabled: boolean,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.rows.findMany(
      organizationId,
      { enabled, ...(ids && { id: In(ids) }), ...(workflowId && { workflowId }), ...(type && { type }) },
      limit,
    );
    return rows.map((row) => row.id);
  }

  softDelete(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  restore(organizationId: string, id: string): Promise<TriggerEntity> {
    return this.rows.restore(organizationId, id);
  }
}

export function stale(current: number, given: number): AppError {
  return new AppError('stale', `The trigger has changed: it is at revision ${current}, not ${given}.`);
}

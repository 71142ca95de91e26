import { Injectable } from '@nestjs/common';
import { AppError, type JsonObject, type ListWorkflowsRequest } from '@rpa/contracts';
import { WorkflowEntity } from '@rpa/entities/workflows';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { ILike, type FindOptionsWhere } from 'typeorm';

/** A workflow with its draft, which other reads leave out for its size. */
export type WorkflowWithDraft = WorkflowEntity & { draft: JsonObject };

/** What a change may write; the revision and the time are counted along. */
export type WorkflowChange = Partial<
  Pick<WorkflowEntity, 'name' | 'description' | 'status' | 'publishedVersion'> & { draft: JsonObject }
>;

const MAX_KEYS = 10_000;

@Injectable()
export class WorkflowsRepository {
  private readonly rows: TenantRepository<WorkflowEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, WorkflowEntity, 'workflow');
  }

  get(organizationId: string, id: string): Promise<WorkflowEntity> {
    return this.rows.get(organizationId, id);
  }

  /** `lock` holds the row until the transaction ends. */
  async getWithDraft(organizationId: string, id: string, lock = false): Promise<WorkflowWithDraft> {
    const query = this.transactions.manager
      .getRepository(WorkflowEntity)
      .createQueryBuilder('workflow')
      .addSelect('workflow.draft')
      .where('workflow.organizationId = :organizationId AND workflow.id = :id', { organizationId, id });
    if (lock) query.setLock('pessimistic_write');
    const row = await query.getOne();
    if (!row) throw new AppError('not_found', 'There is no workflow with this id.');
    return row as WorkflowWithDraft;
  }

  page(organizationId: string, request: ListWorkflowsRequest): Promise<Page<WorkflowEntity>> {
    const where: FindOptionsWhere<WorkflowEntity> = {
      ...(request.status && { status: request.status }),
      ...(request.key && { key: request.key }),
      ...(request.name && { name: ILike(`%${request.name.replace(/[\\%_]/g, '\\$&')}%`) }),
    };
    return this.rows.page(organizationId, where, request);
  }

  /** Those of the keys that the organization has. */
  async knownKeys(organizationId: string, keys: string[]): Promise<string[]> {
    if (keys.length === 0) return [];
    const rows = await this.transactions.manager.query<{ key: string }[]>(
      `SELECT key FROM workflows.workflows
        WHERE organization_id = $1 AND key = ANY ($2) AND deleted_at IS NULL LIMIT ${MAX_KEYS}`,
      [organizationId, keys],
    );
    return rows.map((row) => row.key);
  }

  /** The published version of each of the keys that has one. */
  async publishedVersions(organizationId: string, keys: string[]): Promise<Map<string, number>> {
    if (keys.length === 0) return new Map();
    const rows = await this.transactions.manager.query<{ key: string; version: number }[]>(
      `SELECT key, published_version AS version FROM workflows.workflows
        WHERE organization_id = $1 AND key = ANY ($2) AND deleted_at IS NULL AND published_version IS NOT NULL
        LIMIT ${MAX_KEYS}`,
      [organizationId, keys],
    );
    return new Map(rows.map(({ key, version }) => [key, version]));
  }

  /** Keys that are `key` itself or `key-<number>`. */
  async keysLike(organizationId: string, key: string): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ key: string }[]>(
      `SELECT key FROM workflows.workflows
        WHERE organization_id = $1 AND (key = $2 OR key LIKE $3) AND deleted_at IS NULL LIMIT ${MAX_KEYS}`,
      [organizationId, key, `${key.replace(/_/g, '\\_')}-%`],
    );
    return rows.map((row) => row.key);
  }

  insert(
    organizationId: string,
    row: Pick<WorkflowEntity, 'id' | 'name' | 'key' | 'description' | 'createdBy'> & { draft: JsonObject },
  ): Promise<WorkflowEntity> {
    return this.rows.insert(organizationId, { ...row, status: 'draft', revision: 1, publishedVersion: null });
  }

  /** Writes a change on top of the revision that it was made for; another one is `stale`. */
  async change(organizationId: string, id: string, revision: number, change: WorkflowChange): Promise<void> {
    const result = await this.transactions.manager
      .getRepository(WorkflowEntity)
      .createQueryBuilder()
      .update()
      .set({ ...change, revision: () => 'revision + 1' })
      .where('organization_id = :organizationId AND id = :id AND revision = :revision AND deleted_at IS NULL', {
        organizationId,
        id,
        revision,
      })
      .execute();
    if (result.affected === 1) return;
    const row = await this.rows.get(organizationId, id);
    throw new AppError('stale', `The workflow has changed: it is at revision ${row.revision}, not ${revision}.`);
  }

  softDelete(organizationId: string, id: string): Promise<void> {
    return this.rows.softDelete(organizationId, id);
  }

  restore(organizationId: string, id: string): Promise<WorkflowEntity> {
    return this.rows.restore(organizationId, id);
  }
}

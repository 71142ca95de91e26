import { Injectable } from '@nestjs/common';
import { AppError, type JsonObject, type StepTypeDescriptor } from '@rpa/contracts';
import { WorkflowVersionEntity } from '@rpa/entities/workflows';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { MoreThan } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { FrozenDefinition } from '../definition/freeze-definition.js';

export type VersionWithContent = WorkflowVersionEntity & { definition: JsonObject; stepTypes: StepTypeDescriptor[] };

@Injectable()
export class VersionsRepository {
  private readonly rows: TenantRepository<WorkflowVersionEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, WorkflowVersionEntity, 'version');
  }

  page(
    organizationId: string,
    workflowId: string,
    page: { limit?: number; cursor?: string },
  ): Promise<Page<WorkflowVersionEntity>> {
    return this.rows.page(organizationId, { workflowId, number: MoreThan(0) }, page);
  }

  async get(organizationId: string, workflowId: string, number: number): Promise<VersionWithContent> {
    const row = await this.withContent({ organizationId, workflowId, number });
    if (!row) throw new AppError('not_found', `The workflow has no version ${number}.`);
    return row;
  }

  async load(organizationId: string, id: string): Promise<VersionWithContent> {
    const row = await this.withContent({ organizationId, id });
    if (!row) throw new AppError('not_found', 'There is no version with this id.');
    return row;
  }

  /** The newest version and the one with the given number, in one read; without their content. */
  async newestAnd(
    organizationId: string,
    workflowId: string,
    number: number | null,
  ): Promise<{ newest: WorkflowVersionEntity | null; other: WorkflowVersionEntity | null }> {
    const newest = await this.rows.page(organizationId, { workflowId, number: MoreThan(0) }, { limit: 1 });
    const other = number === null ? null : await this.rows.find(organizationId, { workflowId, number });
    return { newest: newest.data[0] ?? null, other };
  }

  async insert(
    organizationId: string,
    workflowId: string,
    number: number,
    frozen: FrozenDefinition,
    createdBy: string | null,
  ): Promise<WorkflowVersionEntity> {
    const { definition, stepTypes, hash } = frozen;
    return this.rows.insert(organizationId, {
      id: uuidv7(),
      workflowId,
      number,
      definition,
      stepTypes,
      hash,
      createdBy,
    });
  }

  /** Keeps an immutable copy of a draft; the same content has the same id. */
  async keepDraft(organizationId: string, workflowId: string, frozen: FrozenDefinition): Promise<string> {
    const { manager } = this.transactions;
    await manager.query(
      `INSERT INTO workflows.workflow_versions (id, organization_id, workflow_id, number, definition, step_types, hash)
       VALUES ($1, $2, $3, 0, $4, $5, $6)
       ON CONFLICT (workflow_id, hash) WHERE number = 0 DO NOTHING`,
      [
        uuidv7(),
        organizationId,
        workflowId,
        JSON.stringify(frozen.definition),
        JSON.stringify(frozen.stepTypes),
        frozen.hash,
      ],
    );
    const row = await this.rows.find(organizationId, { workflowId, number: 0, hash: frozen.hash });
    if (!row) throw new AppError('internal', 'The copy of the draft is gone.');
    return row.id;
  }

  private withContent(where: {
    organizationId: string;
    id?: string;
    workflowId?: string;
    number?: number;
  }): Promise<VersionWithContent | null> {
    return this.transactions.manager.getRepository(WorkflowVersionEntity).findOne({
      where,
      select: {
        id: true,
        organizationId: true,
        workflowId: true,
        number: true,
        hash: true,
        createdBy: true,
        createdAt: true,
        definition: true,
        stepTypes: true,
      } as never,
    }) as Promise<VersionWithContent | null>;
  }
}

import type { ExecutionStatus, ListExecutionsRequest } from '@rpa/contracts';
import { ExecutionEntity } from '@rpa/entities/executions';
import { decodeCursor, encodeCursor, TenantRepository, type Page, type Transactions } from '@rpa/platform';
import { idAt } from '../journal/journal-partitions.js';

const DEFAULT_LIMIT = 50;

/** Columns that lists show; inputs and outputs are read one execution at a time. */
const SUMMARY: (keyof ExecutionEntity)[] = [
  'id',
  'organizationId',
  'workflowId',
  'versionId',
  'workflowName',
  'workflowVersion',
  'status',
  'test',
  'triggerType',
  'triggerId',
  'error',
  'parentId',
  'rerunOf',
  'priority',
  'traceparent',
  'settled',
  'total',
  'createdAt',
  'startedAt',
  'completedAt',
];

export interface ExecutionFilter extends Omit<ListExecutionsRequest, 'from' | 'to' | 'status'> {
  status?: ExecutionStatus;
  /** Epoch milliseconds. */
  from?: number;
  to?: number;
}

/** Summary rows of an organization, for reading. */
export class ExecutionsRepository {
  private readonly rows: TenantRepository<ExecutionEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, ExecutionEntity, 'execution');
  }

  get(organizationId: string, id: string): Promise<ExecutionEntity> {
    return this.rows.get(organizationId, id);
  }

  /** What those need to know who only act on an execution. */
  async brief(organizationId: string, id: string): Promise<{ status: ExecutionStatus; id: string; versionId: string }> {
    const { versionId, status } = await this.rows.get(organizationId, id);
    return { id, versionId, status: status as ExecutionStatus };
  }

  /** Newest first. Ids begin with the time, so every filter is a range of one index. */
  async list(organizationId: string, filter: ExecutionFilter): Promise<Page<ExecutionEntity>> {
    const limit = filter.limit ?? DEFAULT_LIMIT;
    const query = this.query(organizationId, filter);
    const data = await query.take(limit + 1).getMany();
    const rows = data.slice(0, limit);
    const last = rows.at(-1);
    return { data: rows, nextCursor: data.length > limit && last ? encodeCursor(last.id) : null };
  }

  /** The statement behind {@link list}, to look at its plan. */
  statement(organizationId: string, filter: ExecutionFilter): [string, unknown[]] {
    return this.query(organizationId, filter)
      .take((filter.limit ?? DEFAULT_LIMIT) + 1)
      .getQueryAndParameters();
  }

  private query(organizationId: string, filter: ExecutionFilter) {
    const query = this.transactions.manager
      .getRepository(ExecutionEntity)
      .createQueryBuilder('e')
      .select(SUMMARY.map((column) => `e.${column}`))
      .where('e.organizationId = :organizationId', { organizationId })
      .orderBy('e.id', 'DESC');
    if (filter.workflowId) query.andWhere('e.workflowId = :workflowId', { workflowId: filter.workflowId });
    if (filter.status) query.andWhere('e.status = :status', { status: filter.status });
    if (filter.trigger) query.andWhere('e.triggerType = :trigger', { trigger: filter.trigger });
    if (filter.from !== undefined) query.andWhere('e.id >= :from', { from: idAt(filter.from) });
    if (filter.to !== undefined) query.andWhere('e.id < :to', { to: idAt(filter.to) });
    if (filter.cursor) query.andWhere('e.id < :cursor', { cursor: decodeCursor(filter.cursor) });
    return query;
  }
}

import {
  AppError,
  type LegalHoldView,
  type ListHoldsReply,
  type ListHoldsRequest,
  type PlaceHoldRequest,
} from '@rpa/contracts';
import { LegalHoldEntity } from '@rpa/entities/executions';
import { TenantRepository, type Audit, type Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import { ExecutionsRepository } from '../read/executions.repository.js';

/** What must not be deleted, and why. */
export class LegalHolds {
  private readonly rows: TenantRepository<LegalHoldEntity>;
  private readonly executions: ExecutionsRepository;

  constructor(
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {
    this.rows = new TenantRepository(transactions, LegalHoldEntity, 'legal hold');
    this.executions = new ExecutionsRepository(transactions);
  }

  async place(organizationId: string, placedBy: string | null, request: PlaceHoldRequest): Promise<LegalHoldView> {
    const { reason, workflowId = null, executionId = null } = request;
    if (workflowId !== null && executionId !== null)
      throw new AppError('validation_failed', 'A hold names a workflow or an execution, not both.', {
        errors: [{ path: 'executionId', code: 'exclusive', message: 'leave it out, or workflowId' }],
      });
    if (executionId !== null) await this.executions.get(organizationId, executionId);
    const id = newId();
    return this.transactions.run(async () => {
      await this.rows.insert(organizationId, { id, reason, workflowId, executionId, placedBy });
      const view = toView(await this.rows.get(organizationId, id));
      const resource = { type: 'legal_hold', id };
      await this.audit.record({ action: 'legal_hold.placed', resource, organizationId, after: view });
      return view;
    });
  }

  async list(organizationId: string, request: ListHoldsRequest): Promise<ListHoldsReply> {
    const { data, nextCursor } = await this.rows.page(organizationId, {}, request);
    return { data: data.map(toView), nextCursor };
  }

  release(organizationId: string, id: string): Promise<void> {
    return this.transactions.run(async () => {
      await this.rows.softDelete(organizationId, id);
      const resource = { type: 'legal_hold', id };
      await this.audit.record({ action: 'legal_hold.released', resource, organizationId });
    });
  }
}

function toView({ id, reason, workflowId, executionId, placedBy, createdAt }: LegalHoldEntity): LegalHoldView {
  return { id, reason, workflowId, executionId, placedBy, createdAt: createdAt.toISOString() };
}

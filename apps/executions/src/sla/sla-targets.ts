import {
  AppError,
  type ListSlaBreachesReply,
  type ListSlaBreachesRequest,
  type ListSlaTargetsReply,
  type ListSlaTargetsRequest,
  type SlaBreachKind,
  type SlaTargetRequest,
  type SlaTargetView,
} from '@rpa/contracts';
import { SlaBreachEntity, SlaTargetEntity } from '@rpa/entities/executions';
import { TenantRepository, type Audit, type Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';

const DEFAULT_WINDOW_HOURS = 24;

/** What workflows must keep to, and where they did not. */
export class SlaTargets {
  private readonly targets: TenantRepository<SlaTargetEntity>;
  private readonly breaches: TenantRepository<SlaBreachEntity>;

  constructor(
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {
    this.targets = new TenantRepository(transactions, SlaTargetEntity, 'SLA target');
    this.breaches = new TenantRepository(transactions, SlaBreachEntity, 'SLA breach');
  }

  async set(organizationId: string, request: SlaTargetRequest): Promise<SlaTargetView> {
    const { workflowId, maxDurationMs = null, successRate = null, windowHours = DEFAULT_WINDOW_HOURS } = request;
    if (maxDurationMs === null && successRate === null)
      throw new AppError('validation_failed', 'A target needs maxDurationMs, successRate, or both.', {
        errors: [{ path: 'maxDurationMs', code: 'required', message: 'give it, or successRate' }],
      });
    const wanted = { maxDurationMs, successRate, windowHours };
    await this.transactions.run(async () => {
      const known = await this.targets.find(organizationId, { workflowId });
      if (known) await this.targets.update(organizationId, known.id, wanted);
      else await this.targets.insert(organizationId, { id: newId(), workflowId, ...wanted });
      const resource = { type: 'workflow', id: workflowId };
      await this.audit.record({ action: 'sla_target.changed', resource, organizationId, after: wanted });
    });
    return { workflowId, ...wanted };
  }

  async remove(organizationId: string, workflowId: string): Promise<void> {
    await this.transactions.run(async () => {
      const known = await this.targets.find(organizationId, { workflowId });
      if (!known) throw new AppError('not_found', 'The workflow has no SLA target.');
      await this.targets.softDelete(organizationId, known.id);
      const resource = { type: 'workflow', id: workflowId };
      await this.audit.record({ action: 'sla_target.removed', resource, organizationId });
    });
  }

  async list(organizationId: string, request: ListSlaTargetsRequest): Promise<ListSlaTargetsReply> {
    const { data, nextCursor } = await this.targets.page(organizationId, {}, request);
    return {
      data: data.map(({ workflowId, maxDurationMs, successRate, windowHours }) => {
        return { workflowId, maxDurationMs, successRate, windowHours };
      }),
      nextCursor,
    };
  }

  async listBreaches(organizationId: string, request: ListSlaBreachesRequest): Promise<ListSlaBreachesReply> {
    const { workflowId, ...page } = request;
    const where = workflowId === undefined ? {} : { workflowId };
    const { data, nextCursor } = await this.breaches.page(organizationId, where, page);
    return {
      data: data.map((row) => ({
        id: row.id,
        workflowId: row.workflowId,
        executionId: row.executionId,
        kind: row.kind as SlaBreachKind,
        measured: Math.round(row.measured * 10_000) / 10_000,
        target: row.target,
        at: row.createdAt.toISOString(),
        resolvedAt: row.resolvedAt?.toISOString() ?? null,
      })),
      nextCursor,
    };
  }
}

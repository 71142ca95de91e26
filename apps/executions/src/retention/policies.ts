import type { PreviewRetentionReply, ReadRetentionReply, RetentionPolicy, SetRetentionRequest } from '@rpa/contracts';
import { RetentionPolicyEntity } from '@rpa/entities/executions';
import { TenantRepository, type Audit, type Transactions } from '@rpa/platform';
import { v7 as newId } from 'uuid';
import type { RetentionRepository } from './retention.repository.js';

const COUNT_TO = 1_000_000;
const KEEP: RetentionPolicy = { days: null, logsDays: null };

/** How long an organization keeps what has ended. */
export class Policies {
  private readonly rows: TenantRepository<RetentionPolicyEntity>;

  constructor(
    private readonly transactions: Transactions,
    private readonly retention: RetentionRepository,
    private readonly audit: Audit,
  ) {
    this.rows = new TenantRepository(transactions, RetentionPolicyEntity, 'retention policy');
  }

  async read(organizationId: string): Promise<ReadRetentionReply> {
    const rows = await this.rows.findMany(organizationId, {});
    const own = rows.find((row) => row.workflowId === null);
    return {
      organization: own ? policyOf(own) : KEEP,
      workflows: rows.flatMap((row) =>
        row.workflowId === null ? [] : [{ workflowId: row.workflowId, ...policyOf(row) }],
      ),
    };
  }

  async set(organizationId: string, request: SetRetentionRequest): Promise<ReadRetentionReply> {
    const { workflowId = null, days, logsDays = null } = request;
    return this.transactions.run(async () => {
      const known = await this.find(organizationId, workflowId);
      if (known) await this.rows.update(organizationId, known.id, { days, logsDays });
      else await this.rows.insert(organizationId, { id: newId(), workflowId, days, logsDays });
      const resource = workflowId === null ? { type: 'organization', id: organizationId } : workflow(workflowId);
      await this.audit.record({ action: 'retention.changed', resource, organizationId, after: { days, logsDays } });
      return this.read(organizationId);
    });
  }

  /** Removing what is not there is fine. */
  async remove(organizationId: string, workflowId: string): Promise<void> {
    await this.transactions.run(async () => {
      const known = await this.find(organizationId, workflowId);
      if (!known) return;
      await this.rows.softDelete(organizationId, known.id);
      const resource = workflow(workflowId);
      await this.audit.record({ action: 'retention.removed', resource, organizationId, before: policyOf(known) });
    });
  }

  async preview(organizationId: string, days: number | null): Promise<PreviewRetentionReply> {
    const rows = await this.retention.expired(organizationId, days, COUNT_TO);
    const [gone, held] = [rows.filter((row) => !row.held), rows.filter((row) => row.held)];
    const sum = (of: typeof rows): number => of.reduce((all, row) => all + row.executions, 0);
    const oldest = gone.map((row) => row.oldest.toISOString()).sort()[0] ?? null;
    const workflows = gone.map(({ workflowId, workflowName, executions }) => ({
      workflowId,
      workflowName,
      executions,
    }));
    return { executions: sum(gone), held: sum(held), workflows, oldest };
  }

  private async find(organizationId: string, workflowId: string | null): Promise<RetentionPolicyEntity | null> {
    const rows = await this.rows.findMany(organizationId, {});
    return rows.find((row) => row.workflowId === workflowId) ?? null;
  }
}

function workflow(id: string): { type: string; id: string } {
  return { type: 'workflow', id };
}

function policyOf({ days, logsDays }: RetentionPolicyEntity): RetentionPolicy {
  return { days, logsDays };
}

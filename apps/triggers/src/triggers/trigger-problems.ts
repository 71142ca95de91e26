import { Injectable } from '@nestjs/common';
import { triggerBroken, triggerMended, type TriggerProblemCode } from '@rpa/contracts';
import { Bus } from '@rpa/messaging';
import { Transactions } from '@rpa/platform';

/** Triggers of one workflow that are told; more have it found out when they fire. */
const MANY = 1_000;

interface TriggerRef {
  triggerId: string;
  organizationId: string;
}

/** Why a trigger cannot do its work: kept with it, and told when it begins and when it ends. */
@Injectable()
export class TriggerProblems {
  constructor(
    private readonly transactions: Transactions,
    private readonly bus: Bus,
  ) {}

  async raise({ triggerId, organizationId }: TriggerRef, code: TriggerProblemCode, message: string): Promise<void> {
    const at = new Date().toISOString();
    const [rows] = await this.transactions.manager.query<[{ workflowId: string }[], number]>(
      `UPDATE triggers.triggers SET problem = $3::json
        WHERE organization_id = $1 AND id = $2 AND problem->>'code' IS DISTINCT FROM $4
        RETURNING workflow_id AS "workflowId"`,
      [organizationId, triggerId, JSON.stringify({ code, message, since: at }), code],
    );
    for (const { workflowId } of rows)
      this.bus.emit(triggerBroken, organizationId, { triggerId, workflowId, code, message, at });
  }

  /** Of every trigger of a workflow that should fire. */
  async raiseForWorkflow(organizationId: string, workflowId: string, message: string): Promise<void> {
    const rows = await this.transactions.manager.query<{ triggerId: string }[]>(
      `SELECT id AS "triggerId" FROM triggers.triggers
        WHERE organization_id = $1 AND workflow_id = $2 AND enabled AND problem IS NULL AND deleted_at IS NULL LIMIT ${MANY}`,
      [organizationId, workflowId],
    );
    for (const { triggerId } of rows) await this.raise({ triggerId, organizationId }, 'workflow_unpublished', message);
  }

  async clearForWorkflow(organizationId: string, workflowId: string): Promise<void> {
    const rows = await this.transactions.manager.query<{ triggerId: string }[]>(
      `SELECT id AS "triggerId" FROM triggers.triggers
        WHERE organization_id = $1 AND workflow_id = $2 AND problem IS NOT NULL AND deleted_at IS NULL LIMIT ${MANY}`,
      [organizationId, workflowId],
    );
    for (const { triggerId } of rows) await this.clear({ triggerId, organizationId }, 'workflow_unpublished');
  }

  /** @param codes the problems that are known to be gone; any other stays */
  async clear({ triggerId, organizationId }: TriggerRef, ...codes: TriggerProblemCode[]): Promise<void> {
    const [rows] = await this.transactions.manager.query<[{ workflowId: string }[], number]>(
      `UPDATE triggers.triggers SET problem = NULL
        WHERE organization_id = $1 AND id = $2 AND problem->>'code' = ANY ($3)
        RETURNING workflow_id AS "workflowId"`,
      [organizationId, triggerId, codes],
    );
    const at = new Date().toISOString();
    for (const { workflowId } of rows) this.bus.emit(triggerMended, organizationId, { triggerId, workflowId, at });
  }
}

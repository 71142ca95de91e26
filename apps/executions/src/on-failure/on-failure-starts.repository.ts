import type { JsonObject } from '@rpa/contracts';
import type { Pool } from 'pg';

export interface OnFailureStart {
  executionId: string;
  seq: number;
  organizationId: string;
  workflowKey: string;
  inputs: JsonObject;
  traceparent: string | null;
  tries: number;
  createdAt: Date;
}

/** Workflows to start for runs that ended badly. Every replica looks after those of all organizations. */
export class OnFailureStartsRepository {
  constructor(private readonly pool: Pool) {}

  /** Takes some that are due for itself; should it die now, they are due again later. */
  async take(limit: number, againInMs: number): Promise<OnFailureStart[]> {
    const { rows } = await this.pool.query<OnFailureStart>(
      `UPDATE executions.on_failure_starts s
          SET tries = s.tries + 1, due_at = clock_timestamp() + $2::int * interval '1 millisecond'
         FROM (SELECT execution_id, seq FROM executions.on_failure_starts
                WHERE due_at <= clock_timestamp() ORDER BY due_at LIMIT $1::int FOR UPDATE SKIP LOCKED) d
        WHERE s.execution_id = d.execution_id AND s.seq = d.seq
       RETURNING s.execution_id AS "executionId", s.seq, s.organization_id AS "organizationId",
                 s.workflow_key AS "workflowKey", s.inputs, s.traceparent, s.tries, s.created_at AS "createdAt"`,
      [limit, againInMs],
    );
    return rows;
  }

  async delay({ executionId, seq, organizationId }: OnFailureStart, byMs: number): Promise<void> {
    await this.pool.query(
      `UPDATE executions.on_failure_starts SET due_at = clock_timestamp() + $4::int * interval '1 millisecond'
        WHERE organization_id = $1::uuid AND execution_id = $2::uuid AND seq = $3::int`,
      [organizationId, executionId, seq, byMs],
    );
  }

  async done({ executionId, seq, organizationId }: OnFailureStart): Promise<void> {
    await this.pool.query(
      'DELETE FROM executions.on_failure_starts WHERE organization_id = $1::uuid AND execution_id = $2::uuid AND seq = $3::int',
      [organizationId, executionId, seq],
    );
  }
}

import type { Pool } from 'pg';

/** How far journals have come. */
export class PositionsRepository {
  constructor(private readonly pool: Pool) {}

  /** The last `seq` of each of these executions that is the organization's. */
  async ofJournals(
    organizationId: string,
    executionIds: readonly string[],
  ): Promise<{ [executionId: string]: number }> {
    const { rows } = await this.pool.query<{ id: string; seq: number }>(
      `SELECT e.id, j.last_seq AS seq
         FROM unnest($2::uuid[]) AS w (id)
         JOIN executions.executions e ON e.id = w.id AND e.organization_id = $1::uuid
        CROSS JOIN LATERAL (SELECT last_seq FROM executions.journal
                             WHERE execution_id = w.id ORDER BY seq DESC LIMIT 1) j`,
      [organizationId, executionIds],
    );
    return Object.fromEntries(rows.map(({ id, seq }) => [id, seq]));
  }
}

import type { Transactions } from '@rpa/platform';

/** Which executions have a row, softly deleted ones among them: their values are kept. */
export class KeptExecutionsRepository {
  constructor(private readonly transactions: Transactions) {}

  async existing(organizationId: string, ids: readonly string[]): Promise<string[]> {
    const rows = await this.transactions.manager.query<{ id: string }[]>(
      'SELECT id FROM executions.executions WHERE organization_id = $1 AND id = ANY ($2::uuid[])',
      [organizationId, ids],
    );
    return rows.map((row) => row.id);
  }
}

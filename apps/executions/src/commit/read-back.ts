import { isDatabaseAway } from '@rpa/platform';
import type { Append } from './append.js';
import type { CommitConnection } from './commit-connection.js';

const TEXT = `
  SELECT w.execution_id AS id, coalesce(e.owner = $3::bigint, false) AS owned
    FROM unnest($1::uuid[], $2::int[]) AS w (execution_id, seq)
    JOIN executions.journal j ON j.execution_id = w.execution_id AND j.seq = w.seq
    JOIN executions.executions e ON e.id = w.execution_id
   WHERE j.lease_id = $3::bigint`;

/** Which of these appends our lease has written, although nobody told us; asked until PostgreSQL answers. */
export async function readBack(
  connection: CommitConnection,
  leaseId: string,
  appends: readonly Append[],
): Promise<Map<string, 'owned' | 'released'>> {
  const journaled = appends.filter((append) => append.records);
  const values = [journaled.map((a) => a.executionId), journaled.map((a) => a.records?.seq), leaseId];
  for (;;) {
    try {
      const { rows } = await connection.query<{ id: string; owned: boolean }>({
        name: 'read back',
        text: TEXT,
        values,
      });
      return new Map(rows.map((row) => [row.id, row.owned ? 'owned' : 'released']));
    } catch (error) {
      if (!isDatabaseAway(error)) throw error;
      await connection.reconnect();
    }
  }
}

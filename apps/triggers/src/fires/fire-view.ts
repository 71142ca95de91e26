import type { FireOutcome, TriggerFire } from '@rpa/contracts';
import type { TriggerFireEntity } from '@rpa/entities/triggers';

export function toFire(row: TriggerFireEntity): TriggerFire {
  return {
    id: row.id,
    at: row.at.toISOString(),
    outcome: row.outcome as FireOutcome,
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.executionId !== null && { executionId: row.executionId }),
    ...(row.dedupeKey !== null && { dedupeKey: row.dedupeKey }),
  };
}

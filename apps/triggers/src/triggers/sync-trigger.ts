import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { PutSchedule } from '../schedules/put-schedule.js';
import { TriggerSourcesRepository } from '../sources/trigger-sources.repository.js';
import { findTriggerType } from '../types/trigger-types.js';

/** Brings what works for a trigger in line with it, after every change and in the same transaction. */
@Injectable()
export class SyncTrigger {
  constructor(
    private readonly sources: TriggerSourcesRepository,
    private readonly schedule: PutSchedule,
  ) {}

  /** @param rescheduled whether its config or its being enabled has changed: only then its next time is found anew */
  async execute(row: TriggerEntity, rescheduled = true): Promise<void> {
    const type = findTriggerType(row.type);
    const { id: triggerId, organizationId } = row;
    const active = row.enabled && !row.deletedAt;
    if (type?.source)
      await this.sources.put({
        triggerId,
        organizationId,
        identity: type.identityOf(row.config as JsonObject),
        active,
      });
    if (row.type === 'schedule' && rescheduled) await this.schedule.execute(row, active);
  }
}

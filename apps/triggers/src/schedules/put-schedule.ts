import { Injectable } from '@nestjs/common';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { readSchedule } from '../types/schedule/read-schedule.js';
import type { ScheduleConfig } from '../types/schedule/schedule-config.js';
import { SchedulesRepository } from './schedules.repository.js';

/** Finds out when a schedule is due next, after it was made or changed; what passed meanwhile is not made up for. */
@Injectable()
export class PutSchedule {
  constructor(private readonly schedules: SchedulesRepository) {}

  async execute(row: TriggerEntity, active: boolean): Promise<void> {
    const { id: triggerId, organizationId } = row;
    const anchor = await this.schedules.anchorOf(organizationId, triggerId);
    const { now } = await this.schedules.clock();
    const schedule = active ? readSchedule(row.config as ScheduleConfig, anchor) : null;
    const scheduledFor = schedule?.timetable.next(now) ?? null;
    const dueAt = schedule && scheduledFor !== null ? scheduledFor + schedule.jitterOf(triggerId, scheduledFor) : null;
    await this.schedules.advance([{ triggerId, organizationId, scheduledFor, dueAt }]);
  }
}

import { Injectable } from '@nestjs/common';
import {
  AppError,
  type JsonObject,
  type ListSchedulesRequest,
  type ScheduleView,
  type TriggerView,
} from '@rpa/contracts';
import { ShowTrigger } from '../triggers/show-trigger.js';
import { TriggersRepository } from '../triggers/triggers.repository.js';
import { readSchedule } from '../types/schedule/read-schedule.js';
import type { ScheduleConfig } from '../types/schedule/schedule-config.js';
import { SchedulesRepository } from './schedules.repository.js';

/** Schedules as people see them. */
@Injectable()
export class ScheduleTimes {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly schedules: SchedulesRepository,
    private readonly show: ShowTrigger,
  ) {}

  async get(organizationId: string, id: string): Promise<TriggerView> {
    const row = await this.triggers.get(organizationId, id);
    if (row.type !== 'schedule') throw new AppError('not_found', 'There is no schedule with this id.');
    return this.show.execute(row);
  }

  async page(
    organizationId: string,
    request: ListSchedulesRequest,
  ): Promise<{ data: TriggerView[]; nextCursor: string | null }> {
    const page = await this.triggers.page(organizationId, { ...request, type: 'schedule' });
    return { data: page.data.map((row) => this.show.execute(row)), nextCursor: page.nextCursor };
  }

  async withNext(organizationId: string, views: TriggerView[], count: number): Promise<ScheduleView[]> {
    const anchors = await this.schedules.anchors(
      organizationId,
      views.map((view) => view.id),
    );
    const byId = new Map(anchors.map(({ triggerId, anchor }) => [triggerId, anchor]));
    return views.map((view) => {
      const anchor = byId.get(view.id);
      const nextFires = view.enabled && anchor !== undefined ? this.next(view.config, anchor, count) : [];
      return { ...view, nextFires };
    });
  }

  /** The next times from now on. */
  next(config: JsonObject, anchor: number, count: number): string[] {
    const timetable = readSchedule(config as ScheduleConfig, anchor)?.timetable;
    const times: string[] = [];
    for (
      let at = timetable?.next(Date.now()) ?? null;
      at !== null && times.length < count;
      at = timetable?.next(at) ?? null
    )
      times.push(new Date(at).toISOString());
    return times;
  }
}

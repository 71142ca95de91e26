import { Injectable } from '@nestjs/common';
import type { ListTriggersRequest, TriggerOwnSourceStatus, TriggersStatusReply } from '@rpa/contracts';
import { SchedulesRepository } from '../schedules/schedules.repository.js';
import { TriggerSourcesRepository, type SourceRow } from '../sources/trigger-sources.repository.js';
import { ShowTrigger } from '../triggers/show-trigger.js';
import { TriggersRepository } from '../triggers/triggers.repository.js';
import { TriggerSources } from '../types/trigger-sources.js';
import { FiresRepository } from './fires.repository.js';

@Injectable()
export class ReadStatus {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly fires: FiresRepository,
    private readonly sources: TriggerSources,
    private readonly own: TriggerSourcesRepository,
    private readonly schedules: SchedulesRepository,
    private readonly show: ShowTrigger,
  ) {}

  async execute(organizationId: string, request: ListTriggersRequest): Promise<TriggersStatusReply> {
    const page = await this.triggers.page(organizationId, request);
    const ids = page.data.map((trigger) => trigger.id);
    const [status, sources, next] = await Promise.all([
      this.fires.status(organizationId, ids),
      this.own.status(organizationId, ids),
      this.schedules.nextTimes(organizationId, ids),
    ]);
    const byId = new Map(status.map((row) => [row.id, row]));
    const sourceOf = new Map(sources.map((row) => [row.triggerId, row]));
    const nextOf = new Map(next.map((row) => [row.triggerId, row.scheduledFor]));
    const data = page.data.map((row) => {
      const { id, name, type, enabled, problem, secretSet } = this.show.execute(row);
      const { open = 0, lastFire = null } = byId.get(id) ?? {};
      const source = sourceOf.get(id);
      return {
        id,
        name,
        type,
        enabled,
        problem,
        ...(secretSet !== undefined && { secretSet }),
        open,
        nextFire: nextOf.get(id)?.toISOString() ?? null,
        source: source ? toSource(source) : null,
        lastFire: lastFire && { ...lastFire, at: new Date(lastFire.at).toISOString() },
      };
    });
    return { data, sources: this.sources.status(), nextCursor: page.nextCursor };
  }
}

function toSource({ polledAt, eventAt, failures, lastError, lag }: SourceRow): TriggerOwnSourceStatus {
  const [lastPoll, lastEvent] = [polledAt, eventAt].map((at) => at?.toISOString() ?? null);
  return { lastPoll: lastPoll ?? null, lastEvent: lastEvent ?? null, failures, lastError, lag };
}

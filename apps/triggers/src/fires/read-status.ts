import { Injectable } from '@nestjs/common';
import type { ListTriggersRequest, TriggersStatusReply } from '@rpa/contracts';
import { TriggersRepository } from '../triggers/triggers.repository.js';
import { TriggerSources } from '../types/trigger-sources.js';
import { FiresRepository } from './fires.repository.js';

@Injectable()
export class ReadStatus {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly fires: FiresRepository,
    private readonly sources: TriggerSources,
  ) {}

  async execute(organizationId: string, request: ListTriggersRequest): Promise<TriggersStatusReply> {
    const page = await this.triggers.page(organizationId, request);
    const status = await this.fires.status(
      organizationId,
      page.data.map((trigger) => trigger.id),
    );
    const byId = new Map(status.map((row) => [row.id, row]));
    const data = page.data.map(({ id, name, type, enabled }) => {
      const { open = 0, lastFire = null } = byId.get(id) ?? {};
      return {
        id,
        name,
        type,
        enabled,
        open,
        lastFire: lastFire && { ...lastFire, at: new Date(lastFire.at).toISOString() },
      };
    });
    return { data, sources: this.sources.status(), nextCursor: page.nextCursor };
  }
}

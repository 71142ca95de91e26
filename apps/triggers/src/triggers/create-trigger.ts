import { Injectable } from '@nestjs/common';
import type { CreateTriggerRequest, Principal, TriggerView } from '@rpa/contracts';
import { organizationOf, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { CheckTrigger } from './check-trigger.js';
import { slugOf } from './organization-slug.js';
import { SyncTrigger } from './sync-trigger.js';
import { toView } from './trigger-view.js';
import { TriggersRepository } from './triggers.repository.js';

@Injectable()
export class CreateTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly check: CheckTrigger,
    private readonly sync: SyncTrigger,
    private readonly transactions: Transactions,
  ) {}

  async execute(principal: Principal | null, request: CreateTriggerRequest): Promise<TriggerView> {
    const { workflowId, name, type, config = {}, inputs = null, enabled = true } = request;
    const known = this.check.assertConfig(type, config, inputs);
    await this.check.assertCredential(principal, known, config);
    await this.check.assertWorkflow(principal, workflowId);
    return this.transactions.run(async () => {
      const row = await this.triggers.insert(organizationOf(principal), {
        id: uuidv7(),
        organizationSlug: slugOf(principal),
        workflowId,
        name,
        type,
        enabled,
        config,
        inputs,
        channel: known.channelOf(config),
        revision: 1,
      });
      await this.sync.execute(row);
      return toView(row);
    });
  }
}

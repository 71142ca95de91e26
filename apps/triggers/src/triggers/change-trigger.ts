import { Injectable } from '@nestjs/common';
import type { JsonObject, Principal, TriggerView, UpdateTriggerRequest } from '@rpa/contracts';
import { organizationOf } from '@rpa/platform';
import { CheckTrigger } from './check-trigger.js';
import { toView } from './trigger-view.js';
import { TriggersRepository } from './triggers.repository.js';

@Injectable()
export class ChangeTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly check: CheckTrigger,
  ) {}

  async update(principal: Principal | null, request: UpdateTriggerRequest): Promise<TriggerView> {
    const organizationId = organizationOf(principal);
    const { id, revision, workflowId, name, enabled } = request;
    const row = await this.triggers.get(organizationId, id);
    const config = request.config ?? (row.config as JsonObject);
    const inputs = request.inputs === undefined ? (row.inputs as JsonObject | null) : request.inputs;
    const type = this.check.assertConfig(row.type, config, inputs);
    if (workflowId !== undefined && workflowId !== row.workflowId)
      await this.check.assertWorkflow(principal, workflowId);
    const change = {
      ...(workflowId !== undefined && { workflowId }),
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      config,
      inputs,
      channel: type.channelOf(config),
    };
    return toView(await this.triggers.change(organizationId, id, revision, change));
  }

  /** Turns it on or off; what it is already stays as it is. */
  async setEnabled(principal: Principal | null, id: string, enabled: boolean): Promise<TriggerView> {
    const organizationId = organizationOf(principal);
    const row = await this.triggers.get(organizationId, id);
    if (row.enabled === enabled) return toView(row);
    return toView(await this.triggers.change(organizationId, id, row.revision, { enabled }));
  }
}

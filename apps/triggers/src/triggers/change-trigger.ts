import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { JsonObject, Principal, TriggerView, UpdateTriggerRequest } from '@rpa/contracts';
import { organizationOf, Transactions } from '@rpa/platform';
import { CheckTrigger } from './check-trigger.js';
import { ShowTrigger } from './show-trigger.js';
import { RecordTrigger } from './record-trigger.js';
import { SyncTrigger } from './sync-trigger.js';
import { TriggerSecrets } from './trigger-secrets.js';
import { stale, TriggersRepository } from './triggers.repository.js';

@Injectable()
export class ChangeTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly check: CheckTrigger,
    private readonly secrets: TriggerSecrets,
    private readonly sync: SyncTrigger,
    private readonly show: ShowTrigger,
    private readonly transactions: Transactions,
    private readonly recording: RecordTrigger,
  ) {}

  async update(principal: Principal | null, request: UpdateTriggerRequest): Promise<TriggerView> {
    const organizationId = organizationOf(principal);
    const { id, revision, workflowId, name, enabled } = request;
    const row = await this.triggers.get(organizationId, id);
    const inputs = request.inputs === undefined ? (row.inputs as JsonObject | null) : request.inputs;
    const type = this.check.assertConfig(row.type, request.config ?? null, inputs);
    const { config, secrets } = this.secrets.split(type, request.config ?? (row.config as JsonObject));
    this.check.assertSigned(config, secrets === null ? row.secretId !== null : secrets.length > 0);
    if (request.config) await this.check.assertCredential(principal, type, config);
    if (workflowId !== undefined && workflowId !== row.workflowId)
      await this.check.assertWorkflow(principal, workflowId);
    if (row.revision !== revision) throw stale(row.revision, revision);
    const secretId = await this.secrets.put(principal, row, secrets);
    const change = {
      secretId,
      ...(workflowId !== undefined && { workflowId }),
      ...(name !== undefined && { name }),
      ...(enabled !== undefined && { enabled }),
      config,
      inputs,
      channel: type.channelOf(config),
      // What was wrong is found out again.
      problem: null,
    };
    return this.transactions.run(async () => {
      const changed = await this.triggers.change(organizationId, id, revision, change);
      const isSame = changed.enabled === row.enabled && isDeepStrictEqual(config, row.config);
      await this.sync.execute(changed, !isSame);
      await this.recording.execute('trigger.updated', row, changed);
      return this.show.execute(changed);
    });
  }

  /** Turns it on or off; what it is already stays as it is. */
  async setEnabled(principal: Principal | null, id: string, enabled: boolean): Promise<TriggerView> {
    const organizationId = organizationOf(principal);
    return this.transactions.run(async () => {
      const row = await this.triggers.get(organizationId, id);
      if (row.enabled === enabled) return this.show.execute(row);
      const changed = await this.triggers.change(organizationId, id, row.revision, { enabled });
      await this.sync.execute(changed);
      await this.recording.execute(enabled ? 'trigger.enabled' : 'trigger.disabled', row, changed);
      return this.show.execute(changed);
    });
  }

  async delete(principal: Principal | null, id: string): Promise<void> {
    const organizationId = organizationOf(principal);
    await this.transactions.run(async () => {
      const row = await this.triggers.get(organizationId, id);
      await this.triggers.softDelete(organizationId, id);
      await this.sync.execute({ ...row, deletedAt: new Date() });
      await this.recording.execute('trigger.deleted', row, null);
    });
  }

  async restore(principal: Principal | null, id: string): Promise<TriggerView> {
    const organizationId = organizationOf(principal);
    return this.transactions.run(async () => {
      const row = await this.triggers.restore(organizationId, id);
      await this.sync.execute(row);
      await this.recording.execute('trigger.restored', null, row);
      return this.show.execute(row);
    });
  }
}

import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CreateTriggerRequest, Principal, TriggerView } from '@rpa/contracts';
import { organizationOf, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { CheckTrigger } from './check-trigger.js';
import { slugOf } from './organization-slug.js';
import { ShowTrigger } from './show-trigger.js';
import { RecordTrigger } from './record-trigger.js';
import { SyncTrigger } from './sync-trigger.js';
import { TriggerProblems } from './trigger-problems.js';
import { TriggerSecrets } from './trigger-secrets.js';
import { TriggersRepository } from './triggers.repository.js';

const HOOK_KEY_BYTES = 24;
const NOT_PUBLISHED = 'The workflow has no published version yet.';

@Injectable()
export class CreateTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly check: CheckTrigger,
    private readonly secrets: TriggerSecrets,
    private readonly sync: SyncTrigger,
    private readonly problems: TriggerProblems,
    private readonly show: ShowTrigger,
    private readonly transactions: Transactions,
    private readonly recording: RecordTrigger,
  ) {}

  async execute(principal: Principal | null, request: CreateTriggerRequest): Promise<TriggerView> {
    const { workflowId, name, type, inputs = null, enabled = true } = request;
    const known = this.check.assertConfig(type, request.config ?? {}, inputs);
    const { config, secrets } = this.secrets.split(known, request.config ?? {});
    this.check.assertSigned(config, (secrets?.length ?? 0) > 0);
    await this.check.assertCredential(principal, known, config);
    const isPublished = await this.check.assertWorkflow(principal, workflowId);
    const organizationId = organizationOf(principal);
    const id = uuidv7();
    const secretId = await this.secrets.put(principal, { id, organizationId, name, secretId: null }, secrets);
    const row = await this.transactions.run(async () => {
      const made = await this.triggers.insert(organizationId, {
        id,
        organizationSlug: slugOf(principal),
        workflowId,
        name,
        type,
        enabled,
        config,
        inputs,
        channel: known.channelOf(config),
        hookKey: type === 'webhook' ? randomBytes(HOOK_KEY_BYTES).toString('base64url') : null,
        secretId,
        revision: 1,
      });
      await this.sync.execute(made);
      await this.recording.execute('trigger.created', null, made);
      return made;
    });
    if (isPublished) return this.show.execute(row);
    await this.problems.raise({ triggerId: id, organizationId }, 'workflow_unpublished', NOT_PUBLISHED);
    return this.show.execute(await this.triggers.get(organizationId, id));
  }
}

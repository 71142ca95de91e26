import { Injectable } from '@nestjs/common';
import { AppError, type FireOutcome, type ReceiveWebhookReply, type ReceiveWebhookRequest } from '@rpa/contracts';
import { LRUCache } from 'lru-cache';
import { FiresRepository } from '../fires/fires.repository.js';
import { TriggerProblems } from '../triggers/trigger-problems.js';
import { accepted } from './webhook-answers.js';
import { readRaw, ReadRequests } from './read-request.js';
import { WebhooksRepository, type HookTrigger } from './webhooks.repository.js';

/** Refusals of one trigger that are written down in a minute; somebody who guesses must not fill the ledger. */
const NOTED = 60;
const MINUTE = 60_000;

/** Requests that start nothing: written down with the reason, or captured to be looked at. */
@Injectable()
export class RefusedRequests {
  private readonly noted = new LRUCache<string, { count: number }>({ max: 5_000, ttl: MINUTE });

  constructor(
    private readonly fires: FiresRepository,
    private readonly webhooks: WebhooksRepository,
    private readonly requests: ReadRequests,
    private readonly problems: TriggerProblems,
  ) {}

  /** Writes down why a request was not taken in. What says nothing about the request itself is left out. */
  async note(trigger: HookTrigger, error: unknown): Promise<void> {
    if (!AppError.is(error) || ['unavailable', 'overloaded', 'internal'].includes(error.code)) return;
    if (error.code === 'credential_refused')
      await this.problems.raise({ ...trigger, triggerId: trigger.id }, 'credential_broken', error.message);
    await this.write(trigger, 'rejected', `${error.code}: ${error.message}`);
  }

  async disabled(trigger: HookTrigger): Promise<AppError> {
    await this.write(trigger, 'skipped', 'The trigger is disabled.');
    return new AppError('not_found', 'The trigger of this webhook is disabled; enable it to take requests.');
  }

  repeated(trigger: HookTrigger, eventKey: string): Promise<void> {
    return this.write(trigger, 'deduplicated', null, eventKey);
  }

  /** Shows a request to whoever waits for one. It starts nothing. */
  async capture(trigger: HookTrigger, incoming: ReceiveWebhookRequest): Promise<ReceiveWebhookReply> {
    let verdict = { code: 'accepted', message: 'It would fire.' };
    try {
      await this.requests.execute(trigger, incoming);
    } catch (error) {
      if (!AppError.is(error)) throw error;
      verdict = { code: error.code, message: error.message };
    }
    if (await this.webhooks.capture(trigger, readRaw(incoming), verdict)) return accepted({ captured: true, verdict });
    throw new AppError('not_found', 'Nobody captures requests to this webhook now; open a capture first.');
  }

  private async write(
    trigger: HookTrigger,
    outcome: FireOutcome,
    reason: string | null,
    eventKey: string | null = null,
  ): Promise<void> {
    if (outcome !== 'deduplicated' && this.isFlooded(trigger.id)) return;
    await this.fires.insert([
      { triggerId: trigger.id, organizationId: trigger.organizationId, outcome, reason, eventKey },
    ]);
  }

  private isFlooded(triggerId: string): boolean {
    const known = this.noted.get(triggerId);
    if (!known) this.noted.set(triggerId, { count: 1 });
    else known.count++;
    return (known?.count ?? 1) > NOTED;
  }
}

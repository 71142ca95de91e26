import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import {
  AppError,
  type FireOutcome,
  type FireTriggerReply,
  type FireTriggerRequest,
  type JsonValue,
  type Principal,
} from '@rpa/contracts';
import type { TriggerEntity } from '@rpa/entities/triggers';
import { Audit, organizationOf, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { eventKey } from '../events/read-event.js';
import { EventInbox } from '../inbox/event-inbox.js';
import { RunIntents } from '../inbox/run-intents.js';
import { TriggersRepository } from '../triggers/triggers.repository.js';

/** While this call handles the intent itself; when it dies, the sweep takes over after that. */
const OWN_MS = 10_000;
const MAX_PAYLOAD = 256 * 1024;

/** Fires one trigger by hand: an event like any other, accepted first and then handed over. */
@Injectable()
export class FireTrigger {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly inbox: EventInbox,
    private readonly intents: RunIntents,
    private readonly transactions: Transactions,
    private readonly audit: Audit,
  ) {}

  async execute(
    principal: Principal | null,
    request: FireTriggerRequest,
    idempotencyKey: string | null,
  ): Promise<FireTriggerReply> {
    const organizationId = organizationOf(principal);
    const { payload = {} } = request;
    if (JSON.stringify(payload).length > MAX_PAYLOAD)
      throw new AppError('too_large', `The payload has more than ${MAX_PAYLOAD} bytes.`);
    const trigger = await this.triggers.get(organizationId, request.id);
    const key = idempotencyKey === null ? null : eventKey('fire', [trigger.id, idempotencyKey]);
    const eventId = await this.accept(trigger, payload, key);
    if (eventId === null) return this.repeat(organizationId, trigger.id, key ?? '', payload);
    const [settled] = await this.intents.runEvent(eventId);
    return settled ? reply(eventId, settled) : { eventId, outcome: 'pending' };
  }

  /** @returns null when the key was used before */
  private accept(
    { id: triggerId, organizationId, name }: TriggerEntity,
    payload: JsonValue,
    key: string | null,
  ): Promise<string | null> {
    const id = uuidv7();
    return this.transactions.run(async () => {
      const event = {
        id,
        organizationId,
        source: 'manual' as const,
        channel: null,
        eventKey: key,
        payload,
        headers: {},
      };
      const fresh = await this.inbox.insert([event]);
      if (!fresh.has(id)) return null;
      await this.inbox.insertIntents([{ eventId: id, triggerId, organizationId }], OWN_MS);
      const resource = { type: 'trigger', id: triggerId, name };
      await this.audit.record({ action: 'trigger.fired', resource, after: { eventId: id } });
      return id;
    });
  }

  private async repeat(
    organizationId: string,
    triggerId: string,
    key: string,
    payload: JsonValue,
  ): Promise<FireTriggerReply> {
    const first = await this.inbox.findByKey(organizationId, key, triggerId);
    if (!first) throw new AppError('idempotency_running');
    if (!isDeepStrictEqual(first.payload, payload)) throw new AppError('idempotency_mismatch');
    const { id, outcome, reason, executionId } = first;
    return outcome === null
      ? { eventId: id, outcome: 'pending' }
      : reply(id, { outcome: outcome as FireOutcome, reason, executionId });
  }
}

function reply(
  eventId: string,
  { outcome, reason, executionId }: { outcome: FireOutcome; reason: string | null; executionId: string | null },
): FireTriggerReply {
  return { eventId, outcome, ...(reason !== null && { reason }), ...(executionId !== null && { executionId }) };
}

import { Injectable } from '@nestjs/common';
import { CHANNEL_PATTERN } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { FiresRepository, type NewFire } from '../fires/fires.repository.js';
import { EventInbox, type EventSource, type InboxEvent, type NewIntent } from '../inbox/event-inbox.js';
import { IntentSignal } from '../inbox/intent-signal.js';
import { channelMatches } from '../types/event-bus/channel-pattern.js';
import { ListeningTriggers, type ListeningTrigger } from './listening-triggers.js';
import { OrderKeys } from './order-key.js';
import type { ReadEvent } from './read-event.js';

/** An event that came in for one organization on one channel. */
export interface IncomingEvent {
  slug: string;
  channel: string;
  source: EventSource;
  event: ReadEvent;
  /** Its number in the stream. */
  seq?: number;
  /** It has been handed out before: when it is known, that was us before a crash and no repeat of its publisher. */
  redelivered?: boolean;
}

export interface Acceptance {
  accepted: number;
  deduplicated: number;
  matched: number;
}

interface Matched {
  incoming: IncomingEvent;
  triggers: ListeningTrigger[];
}

/**
 * Takes events in: each that a trigger listens to becomes one inbox row and one intent per trigger, all in one
 * transaction. When this returns they are durable; what nobody listens to is dropped.
 */
@Injectable()
export class AcceptEvents {
  constructor(
    private readonly transactions: Transactions,
    private readonly listening: ListeningTriggers,
    private readonly inbox: EventInbox,
    private readonly fires: FiresRepository,
    private readonly orders: OrderKeys,
    private readonly signal: IntentSignal,
  ) {}

  async execute(events: IncomingEvent[]): Promise<Acceptance> {
    const known = events.filter((event) => CHANNEL_PATTERN.test(event.channel) && event.channel.length <= 200);
    if (known.length === 0) return { accepted: events.length, deduplicated: 0, matched: 0 };
    const acceptance = await this.transactions.run(async () => {
      const candidates = await this.listening.find(known);
      const matched = known
        .map((incoming) => ({ incoming, triggers: candidates.filter((trigger) => listensTo(trigger, incoming)) }))
        .filter(({ triggers }) => triggers.length > 0);
      return this.store(matched, events.length);
    });
    if (acceptance.matched > 0) this.signal.wake();
    return acceptance;
  }

  private async store(matched: Matched[], total: number): Promise<Acceptance> {
    const rows: { row: InboxEvent; triggers: ListeningTrigger[]; incoming: IncomingEvent }[] = [];
    const fires: NewFire[] = [];
    for (const { incoming, triggers } of matched) {
      const { event, channel, source } = incoming;
      const organizationId = triggers[0]?.organizationId ?? '';
      if (event.fault !== undefined) {
        for (const trigger of triggers)
          fires.push({ ...fireOf(trigger, null), outcome: 'rejected', reason: event.fault });
        continue;
      }
      const { payload, headers, eventKey } = event;
      rows.push({
        row: { id: uuidv7(), organizationId, source, channel, eventKey, payload, headers },
        triggers,
        incoming,
      });
    }
    const fresh = rows.length === 0 ? new Set<string>() : await this.inbox.insert(rows.map(({ row }) => row));
    const intents: NewIntent[] = [];
    for (const { row, triggers, incoming } of rows)
      for (const trigger of triggers) {
        const { id: triggerId, organizationId } = trigger;
        const order = { orderKey: this.orders.of(trigger, incoming), orderSeq: incoming.seq ?? null };
        if (fresh.has(row.id)) intents.push({ eventId: row.id, triggerId, organizationId, ...order });
        else if (incoming.redelivered !== true)
          fires.push({ triggerId, organizationId, eventKey: row.eventKey, outcome: 'deduplicated', reason: null });
      }
    await this.inbox.insertIntents(intents);
    await this.fires.insert(fires);
    const deduplicated = rows.length - fresh.size;
    return { accepted: total - deduplicated, deduplicated, matched: intents.length };
  }
}

function listensTo(trigger: ListeningTrigger, incoming: IncomingEvent): boolean {
  return trigger.organizationSlug === incoming.slug && channelMatches(trigger.channel, incoming.channel);
}

function fireOf(trigger: ListeningTrigger, eventKey: string | null): Omit<NewFire, 'outcome' | 'reason'> {
  return { triggerId: trigger.id, organizationId: trigger.organizationId, eventKey };
}

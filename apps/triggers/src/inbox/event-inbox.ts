import { Injectable } from '@nestjs/common';
import type { JsonValue } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';

/** Where an event came in. */
export type EventSource = 'event_bus' | 'http' | 'manual' | 'source' | 'schedule' | 'webhook';

/** One event of one organization, once. */
export interface InboxEvent {
  id: string;
  organizationId: string;
  source: EventSource;
  channel: string | null;
  /** Recognises a repeat for 72 h; null: every one is new. */
  eventKey: string | null;
  payload: JsonValue;
  headers: { [name: string]: string };
}

/** Wish to hand one event over to one trigger, kept until executions has answered. */
export interface NewIntent {
  eventId: string;
  triggerId: string;
  organizationId: string;
  /** Those with the same go one after the other, by `orderSeq`. */
  orderKey?: string | null;
  orderSeq?: number | null;
}

export interface EventByKey {
  id: string;
  payload: JsonValue;
  /** Null while nothing is known yet. */
  outcome: string | null;
  reason: string | null;
  executionId: string | null;
}

/** Events that were accepted. What is written here is durable before anybody is told. */
@Injectable()
export class EventInbox {
  constructor(private readonly transactions: Transactions) {}

  /**
   * Writes events in one statement.
   * @returns ids of those that are new; the others have come before
   */
  async insert(events: InboxEvent[]): Promise<Set<string>> {
    // Every replica in the same order: two that bring in the same events must not wait for each other.
    const sorted = [...events].sort((a, b) => ((a.eventKey ?? '') < (b.eventKey ?? '') ? -1 : 1));
    const rows = await this.transactions.manager.query<{ id: string }[]>(
      `INSERT INTO triggers.event_inbox (id, organization_id, source, channel, event_key, payload, headers)
       SELECT id, organization_id, source, channel, event_key, payload::json, headers::json
         FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
           AS event (id, organization_id, source, channel, event_key, payload, headers)
       ON CONFLICT (organization_id, event_key) WHERE event_key IS NOT NULL DO NOTHING
       RETURNING id`,
      [
        sorted.map((event) => event.id),
        sorted.map((event) => event.organizationId),
        sorted.map((event) => event.source),
        sorted.map((event) => event.channel),
        sorted.map((event) => event.eventKey),
        sorted.map((event) => JSON.stringify(event.payload)),
        sorted.map((event) => JSON.stringify(event.headers)),
      ],
    );
    return new Set(rows.map((row) => row.id));
  }

  /** @param notBefore milliseconds until somebody else may take them up */
  async insertIntents(intents: NewIntent[], notBefore = 0): Promise<void> {
    if (intents.length === 0) return;
    await this.transactions.manager.query(
      `INSERT INTO triggers.event_intents (event_id, trigger_id, organization_id, next_at, order_key, order_seq)
       SELECT event_id, trigger_id, organization_id, now() + $4::int * interval '1 millisecond', order_key, order_seq
         FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $5::text[], $6::bigint[])
           AS intent (event_id, trigger_id, organization_id, order_key, order_seq)`,
      [
        intents.map((intent) => intent.eventId),
        intents.map((intent) => intent.triggerId),
        intents.map((intent) => intent.organizationId),
        notBefore,
        intents.map((intent) => intent.orderKey ?? null),
        intents.map((intent) => intent.orderSeq ?? null),
      ],
    );
  }

  /** An event by its key, with what became of it at one trigger. */
  async findByKey(organizationId: string, eventKey: string, triggerId: string): Promise<EventByKey | null> {
    const [row] = await this.transactions.manager.query<EventByKey[]>(
      `SELECT e.id, e.payload, f.outcome, f.reason, f.execution_id AS "executionId"
         FROM triggers.event_inbox e
         LEFT JOIN triggers.trigger_fires f
           ON f.event_id = e.id AND f.organization_id = e.organization_id AND f.trigger_id = $3
        WHERE e.organization_id = $1 AND e.event_key = $2`,
      [organizationId, eventKey, triggerId],
    );
    return row ?? null;
  }
}

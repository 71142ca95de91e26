import { Injectable } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { FiresRepository, type NewFire } from '../fires/fires.repository.js';
import { EventInbox, type InboxEvent } from './event-inbox.js';

/** An event that goes to one trigger, whoever else may listen. */
export type TriggerEvent = Omit<InboxEvent, 'id' | 'channel'> & {
  triggerId: string;
  /** Why it cannot be used: it goes to the ledger as `rejected`. */
  fault?: string;
};

/** Takes in events that belong to one trigger each: inbox row and intent, or a row of the ledger for a repeat. */
@Injectable()
export class AcceptTriggerEvents {
  constructor(
    private readonly inbox: EventInbox,
    private readonly fires: FiresRepository,
  ) {}

  /**
   * Belongs into a transaction of the caller; durable when that commits.
   * @param notBefore milliseconds until another than the caller takes the intents up
   * @returns ids of the events that are new
   */
  async execute(events: readonly TriggerEvent[], notBefore = 0): Promise<Set<string>> {
    const fires: NewFire[] = [];
    const rows: { row: InboxEvent; triggerId: string }[] = [];
    for (const { triggerId, fault, ...event } of events) {
      const { organizationId, eventKey } = event;
      if (fault !== undefined)
        fires.push({ triggerId, organizationId, eventKey, outcome: 'rejected', reason: fault.slice(0, 2_000) });
      else rows.push({ row: { ...event, id: uuidv7(), channel: null }, triggerId });
    }
    const fresh = rows.length === 0 ? new Set<string>() : await this.inbox.insert(rows.map(({ row }) => row));
    const isNew = ({ row }: { row: InboxEvent }): boolean => fresh.has(row.id);
    await this.inbox.insertIntents(
      rows
        .filter(isNew)
        .map(({ row, triggerId }) => ({ eventId: row.id, triggerId, organizationId: row.organizationId })),
      notBefore,
    );
    for (const { row, triggerId } of rows.filter((one) => !isNew(one)))
      fires.push({
        triggerId,
        organizationId: row.organizationId,
        eventKey: row.eventKey,
        outcome: 'deduplicated',
        reason: null,
      });
    await this.fires.insert(fires);
    return fresh;
  }
}

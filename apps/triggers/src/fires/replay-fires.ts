import { Injectable } from '@nestjs/common';
import type { Principal, ReplayFiresReply, ReplayFiresRequest } from '@rpa/contracts';
import { organizationOf, Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import { IntentSignal } from '../inbox/intent-signal.js';
import { TriggersRepository } from '../triggers/triggers.repository.js';

const AT_ONCE = 200;

interface Replayable {
  fireId: string;
  eventId: string | null;
  started: boolean;
}

/** Hands events over again that are still kept. */
@Injectable()
export class ReplayFires {
  constructor(
    private readonly triggers: TriggersRepository,
    private readonly transactions: Transactions,
    private readonly signal: IntentSignal,
  ) {}

  async execute(principal: Principal | null, request: ReplayFiresRequest): Promise<ReplayFiresReply> {
    const organizationId = organizationOf(principal);
    await this.triggers.get(organizationId, request.id);
    const reply = await this.transactions.run(async () => {
      const found = await this.find(organizationId, request);
      const chosen = found.slice(0, AT_ONCE);
      const kept = chosen.flatMap(({ eventId, started }) => (eventId === null ? [] : [{ eventId, started }]));
      // One of another id: the key of the first start would only find the execution that is there.
      await this.copy(
        organizationId,
        request.id,
        kept.filter(({ started }) => started).map(({ eventId }) => eventId),
      );
      await this.rearm(
        organizationId,
        request.id,
        kept.filter(({ started }) => !started).map(({ eventId }) => eventId),
      );
      return { replayed: kept.length, gone: chosen.length - kept.length, more: found.length > AT_ONCE };
    });
    this.signal.wake();
    return reply;
  }

  /** Events by the latest row of the ledger about each; those that are on their way are left out. */
  private find(organizationId: string, request: ReplayFiresRequest): Promise<Replayable[]> {
    const { id, fireIds = null, outcomes = fireIds ? null : ['failed', 'rejected'], from = null, to = null } = request;
    return this.transactions.manager.query<Replayable[]>(
      `SELECT f.id AS "fireId", e.id AS "eventId", f.execution_id IS NOT NULL AS started
         FROM triggers.trigger_fires f
         LEFT JOIN triggers.event_inbox e ON e.id = f.event_id AND e.organization_id = f.organization_id
        WHERE f.organization_id = $1 AND f.trigger_id = $2 AND f.deleted_at IS NULL
          AND ($3::uuid[] IS NULL OR f.id = ANY ($3)) AND ($4::text[] IS NULL OR f.outcome = ANY ($4))
          AND ($5::timestamptz IS NULL OR f.at >= $5) AND ($6::timestamptz IS NULL OR f.at < $6)
          AND ($3::uuid[] IS NOT NULL OR e.id IS NOT NULL)
          AND NOT EXISTS (SELECT FROM triggers.trigger_fires later
                           WHERE later.event_id = f.event_id AND later.organization_id = f.organization_id
                             AND later.trigger_id = f.trigger_id AND later.id > f.id)
          AND NOT EXISTS (SELECT FROM triggers.event_intents i WHERE i.trigger_id = f.trigger_id AND i.event_id = f.event_id)
        ORDER BY f.id LIMIT ${AT_ONCE + 1}`,
      [organizationId, id, fireIds, outcomes, from, to],
    );
  }

  private async rearm(organizationId: string, triggerId: string, eventIds: string[]): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO triggers.event_intents (event_id, trigger_id, organization_id, next_at)
       SELECT event_id, $2, $1, now() FROM unnest($3::uuid[]) AS event (event_id) ON CONFLICT DO NOTHING`,
      [organizationId, triggerId, eventIds],
    );
  }

  private async copy(organizationId: string, triggerId: string, eventIds: string[]): Promise<void> {
    await this.transactions.manager.query(
      `WITH copies AS (
         INSERT INTO triggers.event_inbox (id, organization_id, source, channel, payload, headers, request, raw)
         SELECT c.id, e.organization_id, e.source, e.channel, e.payload, e.headers, e.request, e.raw
           FROM unnest($3::uuid[], $4::uuid[]) AS c (id, event_id)
           JOIN triggers.event_inbox e ON e.id = c.event_id AND e.organization_id = $1
         RETURNING id, organization_id)
       INSERT INTO triggers.event_intents (event_id, trigger_id, organization_id, next_at)
       SELECT id, $2, organization_id, now() FROM copies`,
      [organizationId, triggerId, eventIds.map(() => uuidv7()), eventIds],
    );
  }
}

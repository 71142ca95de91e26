import { Injectable } from '@nestjs/common';
import type { FireOutcome, JsonObject, JsonValue, StartExecutionReply } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';
import type { EventSource } from './event-inbox.js';

/** An intent with everything that firing it takes. */
export interface ClaimedIntent {
  eventId: string;
  triggerId: string;
  organizationId: string;
  organizationSlug: string;
  attempts: number;
  source: EventSource;
  channel: string | null;
  eventKey: string | null;
  payload: JsonValue;
  headers: { [name: string]: string };
  /** Of a webhook's request. */
  request: { method: string; path: string; query: string } | null;
  workflowId: string;
  type: string;
  enabled: boolean;
  deleted: boolean;
  config: JsonObject;
  inputs: JsonObject | null;
  revision: number;
  /** Something is known to keep the trigger from its work. */
  hasProblem: boolean;
}

/** What became of an event at a trigger. */
export interface FireResult {
  outcome: FireOutcome;
  reason: string | null;
  executionId: string | null;
  /** Of the error by which executions refused. */
  code?: string;
  /** What executions answered. */
  reply?: StartExecutionReply;
}
export type Settled = FireResult & { intent: ClaimedIntent };

export interface Postponed {
  intent: ClaimedIntent;
  waitMs: number;
  error: string;
}

/** Longer than a start takes to be answered or to time out: only what a dead process held is taken up by another. */
const CLAIM = '10 seconds';
/** Without an order, or nothing with the same key is before it and nothing can come in before it any more. */
const IN_TURN = `(order_key IS NULL OR (
  (order_seq IS NULL OR order_seq <= $1::bigint OR created_at < now() - interval '15 seconds') AND NOT EXISTS (
    SELECT FROM triggers.event_intents before
     WHERE before.trigger_id = turn.trigger_id AND before.order_key = turn.order_key
       AND (coalesce(before.order_seq, 0), before.event_id) < (coalesce(turn.order_seq, 0), turn.event_id))))`;
const COLUMNS = `i.event_id AS "eventId", i.trigger_id AS "triggerId", i.organization_id AS "organizationId", i.attempts,
  t.organization_slug AS "organizationSlug", e.source, e.channel, e.event_key AS "eventKey", e.payload, e.headers, e.request,
  t.workflow_id AS "workflowId", t.type, t.enabled, t.deleted_at IS NOT NULL AS deleted, t.config, t.inputs, t.revision,
  t.problem IS NOT NULL AS "hasProblem"`;

/** Open intents: of every organization, since whatever replica is alive works them off. */
@Injectable()
export class IntentsRepository {
  constructor(private readonly transactions: Transactions) {}

  /** @param floor up to which number of the stream every event has been taken in */
  claimDue(limit: number, floor: number): Promise<ClaimedIntent[]> {
    return this.claim(`next_at <= now() AND ${IN_TURN}`, `ORDER BY next_at LIMIT ${Math.trunc(limit)}`, [floor]);
  }

  async claimEvent(eventId: string): Promise<ClaimedIntent[]> {
    return this.claim('event_id = $1', '', [eventId]);
  }

  /** Writes the ledger and drops the intents in one statement; an intent that somebody else settled meanwhile adds no row. */
  async settle(settled: Settled[]): Promise<void> {
    if (settled.length === 0) return;
    await this.transactions.manager.query(
      `WITH settled AS (
         SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[])
           AS s (id, event_id, trigger_id, outcome, reason, execution_id, dedupe_key)
       ), gone AS (
         DELETE FROM triggers.event_intents i USING settled s
          WHERE i.event_id = s.event_id AND i.trigger_id = s.trigger_id
          RETURNING i.event_id, i.trigger_id, i.organization_id
       ), kept AS (
         UPDATE triggers.event_inbox e SET kept = true FROM settled s JOIN gone ON gone.event_id = s.event_id
          WHERE e.id = s.event_id AND e.organization_id = gone.organization_id AND s.outcome IN ('failed', 'rejected')
       )
       INSERT INTO triggers.trigger_fires
              (id, organization_id, trigger_id, outcome, reason, execution_id, event_id, dedupe_key)
       SELECT s.id, gone.organization_id, s.trigger_id, s.outcome, s.reason, s.execution_id, s.event_id, s.dedupe_key
         FROM settled s JOIN gone ON gone.event_id = s.event_id AND gone.trigger_id = s.trigger_id`,
      [
        settled.map(() => uuidv7()),
        settled.map(({ intent }) => intent.eventId),
        settled.map(({ intent }) => intent.triggerId),
        settled.map(({ outcome }) => outcome),
        settled.map(({ reason }) => reason),
        settled.map(({ executionId }) => executionId),
        settled.map(({ intent }) => intent.eventKey),
      ],
    );
  }

  async postpone(postponed: Postponed[]): Promise<void> {
    if (postponed.length === 0) return;
    await this.transactions.manager.query(
      `UPDATE triggers.event_intents i
          SET next_at = now() + p.wait_ms * interval '1 millisecond', last_error = p.error
         FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[]) AS p (event_id, trigger_id, wait_ms, error)
        WHERE i.event_id = p.event_id AND i.trigger_id = p.trigger_id`,
      [
        postponed.map(({ intent }) => intent.eventId),
        postponed.map(({ intent }) => intent.triggerId),
        postponed.map(({ waitMs }) => waitMs),
        postponed.map(({ error }) => error),
      ],
    );
  }

  private async claim(where: string, order: string, parameters: unknown[]): Promise<ClaimedIntent[]> {
    // TypeORM answers an UPDATE with its rows and their number.
    const [rows] = await this.transactions.manager.query<[ClaimedIntent[], number]>(
      `WITH due AS (
         SELECT event_id, trigger_id FROM triggers.event_intents turn WHERE ${where} ${order} FOR UPDATE SKIP LOCKED
       )
       UPDATE triggers.event_intents i SET attempts = i.attempts + 1, next_at = now() + interval '${CLAIM}'
         FROM due, triggers.event_inbox e, triggers.triggers t
        WHERE i.event_id = due.event_id AND i.trigger_id = due.trigger_id AND e.id = i.event_id AND t.id = i.trigger_id
        RETURNING ${COLUMNS}`,
      parameters,
    );
    return rows;
  }
}

import { Injectable } from '@nestjs/common';
import type { CapturedRequest, JsonObject, JsonValue, ReceiveWebhookReply } from '@rpa/contracts';
import { Database } from '@rpa/platform';
import { v7 as uuidv7 } from 'uuid';

/** A webhook's trigger as a request needs it. */
export interface HookTrigger {
  id: string;
  organizationId: string;
  organizationSlug: string;
  workflowId: string;
  name: string;
  enabled: boolean;
  config: JsonObject;
  inputs: JsonObject | null;
  revision: number;
  secretId: string | null;
  hasProblem: boolean;
}

/** What a request brought beside its body and headers. */
export interface RequestLine {
  method: string;
  path: string;
  query: string;
  address: string;
}

export interface NewRequest {
  id: string;
  eventKey: string | null;
  payload: JsonValue;
  headers: { [name: string]: string };
  request: RequestLine;
  raw: Buffer;
}

/** What a sender is answered. One that is not final may be another next time: nothing was started yet. */
export type HookAnswer = ReceiveWebhookReply & { final: boolean };

export interface KnownRequest {
  id: string;
  answer: HookAnswer | null;
  /** It is being handed over. */
  open: boolean;
  executionId: string | null;
}

/** Statements that every request runs: prepared, one round trip each. */
@Injectable()
export class WebhooksRepository {
  constructor(private readonly database: Database) {}

  /** Finds the trigger of a URL in whatever organization: the key says which. */
  async find(hookKey: string): Promise<HookTrigger | null> {
    const { rows } = await this.database.pool.query<HookTrigger>({
      name: 'find-hook',
      text: `SELECT id, organization_id AS "organizationId", organization_slug AS "organizationSlug",
                    workflow_id AS "workflowId", name, enabled, config, inputs, revision, secret_id AS "secretId",
                    problem IS NOT NULL AS "hasProblem"
               FROM triggers.triggers WHERE hook_key = $1 AND deleted_at IS NULL`,
      values: [hookKey],
    });
    return rows[0] ?? null;
  }

  /**
   * Writes the request and its intent; durable when this returns.
   * @param ownMs until another replica hands it over
   * @returns false when the same request has come before
   */
  async accept(
    trigger: HookTrigger,
    { id, eventKey, payload, headers, request, raw }: NewRequest,
    ownMs: number,
  ): Promise<boolean> {
    const { rowCount } = await this.database.pool.query({
      name: 'accept-hook',
      text: `WITH event AS (
               INSERT INTO triggers.event_inbox (id, organization_id, source, event_key, payload, headers, request, raw)
               VALUES ($1, $2, 'webhook', $3, $4, $5, $6, $7)
               ON CONFLICT (organization_id, event_key) WHERE event_key IS NOT NULL DO NOTHING
               RETURNING id, organization_id)
             INSERT INTO triggers.event_intents (event_id, trigger_id, organization_id, attempts, next_at)
             SELECT id, $8, organization_id, 1, now() + $9::int * interval '1 millisecond' FROM event`,
      values: [
        id,
        trigger.organizationId,
        eventKey,
        JSON.stringify(payload),
        JSON.stringify(headers),
        JSON.stringify(request),
        raw,
        trigger.id,
        ownMs,
      ],
    });
    return rowCount === 1;
  }

  async known(trigger: HookTrigger, eventKey: string): Promise<KnownRequest | null> {
    const { rows } = await this.database.pool.query<KnownRequest>({
      name: 'known-hook',
      text: `SELECT e.id, e.answer,
                    EXISTS (SELECT FROM triggers.event_intents i WHERE i.event_id = e.id AND i.trigger_id = $3) AS open,
                    (SELECT f.execution_id FROM triggers.trigger_fires f
                      WHERE f.event_id = e.id AND f.organization_id = $1 AND f.execution_id IS NOT NULL LIMIT 1) AS "executionId"
               FROM triggers.event_inbox e WHERE e.organization_id = $1 AND e.event_key = $2`,
      values: [trigger.organizationId, eventKey, trigger.id],
    });
    return rows[0] ?? null;
  }

  /** Hands a known request over again, unless somebody does already. */
  async rearm(trigger: HookTrigger, eventId: string, ownMs: number): Promise<boolean> {
    const { rowCount } = await this.database.pool.query(
      `INSERT INTO triggers.event_intents (event_id, trigger_id, organization_id, attempts, next_at)
       SELECT id, $3, organization_id, 1, now() + $4::int * interval '1 millisecond'
         FROM triggers.event_inbox WHERE organization_id = $1 AND id = $2
       ON CONFLICT DO NOTHING`,
      [trigger.organizationId, eventId, trigger.id, ownMs],
    );
    return rowCount === 1;
  }

  /** Keeps what the sender is answered. The first final answer stays: it is what this returns. */
  async keepAnswer(organizationId: string, eventId: string, answer: HookAnswer): Promise<HookAnswer> {
    const { rows } = await this.database.pool.query<{ answer: HookAnswer }>({
      name: 'keep-answer',
      text: `UPDATE triggers.event_inbox
                SET answer = CASE WHEN (answer->>'final')::boolean THEN answer ELSE $3::json END
              WHERE organization_id = $1 AND id = $2 RETURNING answer`,
      values: [organizationId, eventId, JSON.stringify(answer)],
    });
    return rows[0]?.answer ?? answer;
  }

  /** @returns whether it was captured: somebody waits for one */
  async capture(
    trigger: HookTrigger,
    { request, headers, raw }: Pick<NewRequest, 'request' | 'headers' | 'raw'>,
    verdict: CapturedRequest['verdict'],
  ): Promise<boolean> {
    const { rowCount } = await this.database.pool.query(
      `WITH wanted AS (
         UPDATE triggers.triggers SET capture_left = capture_left - 1
          WHERE organization_id = $2 AND id = $3 AND capture_left > 0 AND capture_until > now() RETURNING id)
       INSERT INTO triggers.webhook_captures (id, organization_id, trigger_id, request, headers, raw, verdict)
       SELECT $1, $2, wanted.id, $4, $5, $6, $7 FROM wanted`,
      [
        uuidv7(),
        trigger.organizationId,
        trigger.id,
        JSON.stringify(request),
        JSON.stringify(headers),
        raw,
        JSON.stringify(verdict),
      ],
    );
    return rowCount === 1;
  }
}

import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';

/** A source that this replica works on, with everything that takes. */
export interface ClaimedSource {
  /** Fences the commits: whoever claims it later has another. */
  lease: string;
  triggerId: string;
  organizationId: string;
  organizationSlug: string;
  name: string;
  type: string;
  config: JsonObject;
  checkpoint: unknown;
  failures: number;
}

export interface SourceRow {
  triggerId: string;
  polledAt: Date | null;
  eventAt: Date | null;
  failures: number;
  lastError: string | null;
  lag: number | null;
}

interface Progress {
  checkpoint: unknown;
  events: number;
  lag: number | null;
}

/** Sources of the triggers of every organization: whatever replica is alive works on them. */
@Injectable()
export class TriggerSourcesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Takes up sources that are due, among them those whose replica is gone. */
  async claim(lease: () => string, limit: number, leaseMs: number): Promise<ClaimedSource[]> {
    const leases = Array.from({ length: limit }, () => lease());
    const [rows] = await this.transactions.manager.query<[ClaimedSource[], number]>(
      `WITH due AS (
         SELECT trigger_id, ($1::uuid[])[row_number() OVER ()] AS lease FROM (
           SELECT trigger_id FROM triggers.trigger_sources WHERE due_at <= now() ORDER BY due_at LIMIT $2
              FOR UPDATE SKIP LOCKED) AS locked
       )
       UPDATE triggers.trigger_sources s SET lease = due.lease, due_at = now() + $3::int * interval '1 millisecond'
         FROM due, triggers.triggers t
        WHERE s.trigger_id = due.trigger_id AND t.id = s.trigger_id AND t.organization_id = s.organization_id
        RETURNING s.lease, s.trigger_id AS "triggerId", s.organization_id AS "organizationId",
                  t.organization_slug AS "organizationSlug", t.name, t.type, t.config, s.checkpoint, s.failures`,
      [leases, limit, leaseMs],
    );
    return rows;
  }

  /** @returns the leases that still hold; the others were taken over, or their triggers were changed */
  async renew(leases: string[], leaseMs: number): Promise<Set<string>> {
    const [rows] = await this.transactions.manager.query<[{ lease: string }[], number]>(
      `UPDATE triggers.trigger_sources SET due_at = now() + $2::int * interval '1 millisecond'
        WHERE lease = ANY ($1) RETURNING lease`,
      [leases, leaseMs],
    );
    return new Set(rows.map((row) => row.lease));
  }

  /** Moves the checkpoint, unless somebody else has the source by now. */
  async advance(source: ClaimedSource, { checkpoint, events, lag }: Progress): Promise<boolean> {
    const [, moved] = await this.transactions.manager.query<[unknown, number]>(
      `UPDATE triggers.trigger_sources
          SET checkpoint = $4::json, polled_at = now(), failures = 0, last_error = NULL, lag = $6,
              event_at = CASE WHEN $5::int > 0 THEN now() ELSE event_at END
        WHERE trigger_id = $1 AND organization_id = $2 AND lease = $3`,
      [
        source.triggerId,
        source.organizationId,
        source.lease,
        JSON.stringify(checkpoint ?? null),
        events,
        lag === null ? null : Math.trunc(lag),
      ],
    );
    return moved === 1;
  }

  /** A stream says that it is well. */
  async markWell(source: ClaimedSource, lag: number | null): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE triggers.trigger_sources SET polled_at = now(), failures = 0, last_error = NULL, lag = $4
        WHERE trigger_id = $1 AND organization_id = $2 AND lease = $3`,
      [source.triggerId, source.organizationId, source.lease, lag === null ? null : Math.trunc(lag)],
    );
  }

  /** Gives it back, to be worked on again after a while; with an error it counts as failed. */
  async release(source: ClaimedSource, waitMs: number, error: string | null): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE triggers.trigger_sources
          SET lease = NULL, due_at = now() + $4::bigint * interval '1 millisecond',
              failures = CASE WHEN $5::text IS NULL THEN failures ELSE failures + 1 END,
              last_error = coalesce($5, last_error)
        WHERE trigger_id = $1 AND organization_id = $2 AND lease = $3`,
      [source.triggerId, source.organizationId, source.lease, Math.trunc(waitMs), error],
    );
  }

  /** Takes a trigger's source into work or out of it; whoever works on it now has lost it. */
  async put(row: { triggerId: string; organizationId: string; identity: string; active: boolean }): Promise<void> {
    await this.transactions.manager.query(
      `INSERT INTO triggers.trigger_sources AS s (trigger_id, organization_id, identity, due_at)
       VALUES ($1, $2, $3, CASE WHEN $4::boolean THEN now() ELSE 'infinity' END)
       ON CONFLICT (trigger_id) DO UPDATE
          SET identity = excluded.identity, due_at = excluded.due_at, lease = NULL, failures = 0, last_error = NULL,
              lag = NULL, checkpoint = CASE WHEN s.identity = excluded.identity THEN s.checkpoint END
        WHERE s.organization_id = excluded.organization_id`,
      [row.triggerId, row.organizationId, row.identity, row.active],
    );
  }

  status(organizationId: string, triggerIds: string[]): Promise<SourceRow[]> {
    return this.transactions.manager.query<SourceRow[]>(
      `SELECT trigger_id AS "triggerId", polled_at AS "polledAt", event_at AS "eventAt", failures,
              last_error AS "lastError", lag::float8 AS lag
         FROM triggers.trigger_sources WHERE organization_id = $1 AND trigger_id = ANY ($2)`,
      [organizationId, triggerIds],
    );
  }
}

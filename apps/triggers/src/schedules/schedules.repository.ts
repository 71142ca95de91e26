import { Injectable } from '@nestjs/common';
import type { JsonObject } from '@rpa/contracts';
import { Transactions } from '@rpa/platform';

export interface DueSchedule {
  triggerId: string;
  organizationId: string;
  revision: number;
  config: JsonObject;
  /** Milliseconds since 1970, as all times here. */
  anchor: number;
  scheduledFor: number;
  dueAt: number;
}

/** When a schedule is due next; null: never again. */
export interface NextTime {
  triggerId: string;
  organizationId: string;
  scheduledFor: number | null;
  dueAt: number | null;
}

const MS = (column: string): string => `(extract(epoch FROM ${column}) * 1000)::float8`;

/** What is due next, of the schedules of every organization: whatever replica is alive fires it. */
@Injectable()
export class SchedulesRepository {
  constructor(private readonly transactions: Transactions) {}

  /** Locks what is due until the transaction ends; what another replica has locked is left to it. */
  lockDue(limit: number): Promise<DueSchedule[]> {
    return this.transactions.manager.query<DueSchedule[]>(
      `SELECT s.trigger_id AS "triggerId", s.organization_id AS "organizationId", t.revision, t.config,
              ${MS('s.anchor_at')} AS anchor, ${MS('s.scheduled_for')} AS "scheduledFor", ${MS('s.due_at')} AS "dueAt"
         FROM triggers.schedules s JOIN triggers.triggers t ON t.id = s.trigger_id AND t.organization_id = s.organization_id
        WHERE s.due_at <= now() ORDER BY s.due_at LIMIT $1 FOR UPDATE OF s SKIP LOCKED`,
      [limit],
    );
  }

  /** The clock of the database, so that replicas agree; and when the next is due, null: nothing is. */
  async clock(): Promise<{ now: number; nextDue: number | null }> {
    const [row] = await this.transactions.manager.query<{ now: number; nextDue: number | null }[]>(
      `SELECT ${MS('clock_timestamp()')} AS now,
              (SELECT ${MS('due_at')} FROM triggers.schedules WHERE due_at < 'infinity' ORDER BY due_at LIMIT 1) AS "nextDue"`,
    );
    return row ?? { now: Date.now(), nextDue: null };
  }

  async advance(next: NextTime[]): Promise<void> {
    await this.transactions.manager.query(
      `UPDATE triggers.schedules s
          SET scheduled_for = to_timestamp(n.scheduled_for / 1000), due_at = coalesce(to_timestamp(n.due_at / 1000), 'infinity')
         FROM unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[]) AS n (trigger_id, organization_id, scheduled_for, due_at)
        WHERE s.trigger_id = n.trigger_id AND s.organization_id = n.organization_id`,
      [
        next.map((one) => one.triggerId),
        next.map((one) => one.organizationId),
        next.map((one) => one.scheduledFor),
        next.map((one) => one.dueAt),
      ],
    );
  }

  /** Where a schedule counts its intervals from: the time at which it first got a row. */
  async anchorOf(organizationId: string, triggerId: string): Promise<number> {
    const [row] = await this.transactions.manager.query<{ anchor: number }[]>(
      `INSERT INTO triggers.schedules AS s (trigger_id, organization_id, anchor_at, due_at) VALUES ($1, $2, now(), 'infinity')
       ON CONFLICT (trigger_id) DO UPDATE SET anchor_at = s.anchor_at WHERE s.organization_id = excluded.organization_id
       RETURNING ${MS('anchor_at')} AS anchor`,
      [triggerId, organizationId],
    );
    return row?.anchor ?? Date.now();
  }

  anchors(organizationId: string, triggerIds: string[]): Promise<{ triggerId: string; anchor: number }[]> {
    return this.transactions.manager.query(
      `SELECT trigger_id AS "triggerId", ${MS('anchor_at')} AS anchor
         FROM triggers.schedules WHERE organization_id = $1 AND trigger_id = ANY ($2)`,
      [organizationId, triggerIds],
    );
  }

  nextTimes(organizationId: string, triggerIds: string[]): Promise<{ triggerId: string; scheduledFor: Date | null }[]> {
    return this.transactions.manager.query(
      `SELECT trigger_id AS "triggerId", scheduled_for AS "scheduledFor"
         FROM triggers.schedules WHERE organization_id = $1 AND trigger_id = ANY ($2)`,
      [organizationId, triggerIds],
    );
  }
}

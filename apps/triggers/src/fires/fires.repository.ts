import { Injectable } from '@nestjs/common';
import type { FireOutcome, ListFiresRequest, TriggerFire } from '@rpa/contracts';
import { TriggerFireEntity } from '@rpa/entities/triggers';
import { TenantRepository, Transactions, type Page } from '@rpa/platform';
import { And, LessThan, MoreThanOrEqual } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

/** A row of the ledger for an event that was not kept. */
export interface NewFire {
  triggerId: string;
  organizationId: string;
  outcome: FireOutcome;
  reason: string | null;
  eventKey: string | null;
}

export interface StatusRow {
  id: string;
  open: number;
  lastFire: (Omit<TriggerFire, 'at'> & { at: string }) | null;
}

/** The ledger: one row for every event at every trigger. */
@Injectable()
export class FiresRepository {
  private readonly rows: TenantRepository<TriggerFireEntity>;

  constructor(private readonly transactions: Transactions) {
    this.rows = new TenantRepository(transactions, TriggerFireEntity, 'fire');
  }

  page(organizationId: string, request: ListFiresRequest): Promise<Page<TriggerFireEntity>> {
    const { id: triggerId, outcome, from, to } = request;
    const at = [...(from ? [MoreThanOrEqual(new Date(from))] : []), ...(to ? [LessThan(new Date(to))] : [])];
    const where = { triggerId, ...(outcome && { outcome }), ...(at.length > 0 && { at: And(...at) }) };
    return this.rows.page(organizationId, where, request);
  }

  async insert(fires: NewFire[]): Promise<void> {
    if (fires.length === 0) return;
    await this.transactions.manager.query(
      `INSERT INTO triggers.trigger_fires (id, organization_id, trigger_id, outcome, reason, dedupe_key)
       SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[])`,
      [
        fires.map(() => uuidv7()),
        fires.map((fire) => fire.organizationId),
        fires.map((fire) => fire.triggerId),
        fires.map((fire) => fire.outcome),
        fires.map((fire) => fire.reason),
        fires.map((fire) => fire.eventKey),
      ],
    );
  }

  /** Open intents (counted up to 1,000) and the last fire of each of these triggers. */
  status(organizationId: string, triggerIds: string[]): Promise<StatusRow[]> {
    return this.transactions.manager.query<StatusRow[]>(
      `SELECT t.id,
              (SELECT count(*)::int FROM (SELECT FROM triggers.event_intents i WHERE i.trigger_id = t.id LIMIT 1000) o) AS open,
              (SELECT json_strip_nulls(json_build_object('id', f.id, 'at', f.at, 'outcome', f.outcome, 'reason', f.reason,
                        'executionId', f.execution_id, 'dedupeKey', f.dedupe_key))
                 FROM triggers.trigger_fires f
                WHERE f.organization_id = t.organization_id AND f.trigger_id = t.id
                ORDER BY f.id DESC LIMIT 1) AS "lastFire"
         FROM triggers.triggers t WHERE t.organization_id = $1 AND t.id = ANY ($2)`,
      [organizationId, triggerIds],
    );
  }
}

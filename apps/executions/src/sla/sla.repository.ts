import type { SlaBreachedEvent } from '@rpa/contracts';
import type { Pool } from 'pg';
import type { Batch } from '../analytics/counts.repository.js';

export interface Breach extends SlaBreachedEvent {
  organizationId: string;
}

const AT_ONCE = 200;
/** A UUIDv7: lists go by the time in it. */
const NEW_ID = `(lpad(to_hex((extract(epoch FROM clock_timestamp()) * 1000)::bigint), 12, '0') || '7'
  || substr(md5(random()::text), 1, 3) || '8' || substr(md5(random()::text), 1, 15))::uuid`;

/** Finds what breaks a target. Each statement writes the breach down; who has committed it tells. */
export class SlaRepository {
  constructor(private readonly pool: Pool) {}

  /** Runs of a batch that have ended later than their target allows. */
  async addEnded({ organizationId, from, to }: Batch): Promise<void> {
    await this.pool.query(
      `INSERT INTO executions.sla_breaches (id, organization_id, workflow_id, execution_id, kind, measured, target)
       SELECT ${NEW_ID}, e.organization_id, e.workflow_id, e.id, 'duration',
              extract(epoch FROM e.completed_at - e.started_at) * 1000, t.max_duration_ms
         FROM executions.sla_targets t
         JOIN executions.executions e ON e.organization_id = t.organization_id AND e.workflow_id = t.workflow_id
        WHERE t.organization_id = $1::uuid AND t.deleted_at IS NULL AND t.max_duration_ms IS NOT NULL
          AND (e.updated_at, e.id) > ($2::timestamptz, $3::uuid) AND (e.updated_at, e.id) <= ($4::timestamptz, $5::uuid)
          AND e.completed_at - e.started_at > t.max_duration_ms * interval '1 millisecond' AND NOT e.test
          AND e.completed_at > t.created_at
       ON CONFLICT DO NOTHING`,
      [organizationId, from.at, from.id, to.at, to.id],
    );
  }

  /** Runs that are over their time and still not at their end, of every organization. */
  async addOverdue(): Promise<void> {
    await this.pool.query(
      `INSERT INTO executions.sla_breaches (id, organization_id, workflow_id, execution_id, kind, measured, target)
       SELECT ${NEW_ID}, t.organization_id, t.workflow_id, e.id, 'duration',
              extract(epoch FROM now() - e.started_at) * 1000, t.max_duration_ms
         FROM executions.sla_targets t
        CROSS JOIN LATERAL (
          SELECT x.id, x.started_at FROM executions.executions x
           WHERE x.organization_id = t.organization_id AND x.workflow_id = t.workflow_id
             AND x.status IN ('running', 'waiting', 'paused', 'needs_decision') AND NOT x.test AND x.deleted_at IS NULL
             AND x.started_at < now() - t.max_duration_ms * interval '1 millisecond'
             AND NOT EXISTS (SELECT FROM executions.sla_breaches b WHERE b.execution_id = x.id)
           LIMIT ${AT_ONCE}) e
        WHERE t.deleted_at IS NULL AND t.max_duration_ms IS NOT NULL LIMIT ${AT_ONCE}
       ON CONFLICT DO NOTHING`,
    );
  }

  /** Opens a breach where a rate has fallen below its target and resolves those that are good again. */
  async judgeRates(organizationId: string): Promise<void> {
    await this.pool.query(
      `WITH rates AS (
         SELECT t.workflow_id, t.success_rate AS target,
                sum(s.runs) FILTER (WHERE s.status = 'completed') / nullif(sum(s.runs), 0)::float8 AS rate
           FROM executions.sla_targets t
           JOIN executions.stats_runs s ON s.organization_id = t.organization_id AND s.workflow_id = t.workflow_id
            AND s.grain = 'hour' AND s.at > now() - make_interval(hours => t.window_hours) AND s.status <> 'cancelled'
          WHERE t.organization_id = $1::uuid AND t.deleted_at IS NULL AND t.success_rate IS NOT NULL
          GROUP BY t.workflow_id, t.success_rate
       ), resolved AS (
         UPDATE executions.sla_breaches b SET resolved_at = now(), updated_at = now() FROM rates r
          WHERE b.organization_id = $1::uuid AND b.workflow_id = r.workflow_id AND b.kind = 'success_rate'
            AND b.resolved_at IS NULL AND coalesce(r.rate, 0) >= r.target
       )
       INSERT INTO executions.sla_breaches (id, organization_id, workflow_id, kind, measured, target)
       SELECT ${NEW_ID}, $1::uuid, workflow_id, 'success_rate', coalesce(rate, 0), target
         FROM rates WHERE coalesce(rate, 0) < target
       ON CONFLICT DO NOTHING`,
      [organizationId],
    );
  }

  /** Breaches that nobody has told yet, of every organization; they count as told from now on. */
  async takeUntold(): Promise<Breach[]> {
    const { rows } = await this.pool.query<Breach & { at: Date }>(
      `UPDATE executions.sla_breaches SET told = true
        WHERE id = ANY (ARRAY (SELECT id FROM executions.sla_breaches WHERE NOT told
                                ORDER BY id LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED))
        RETURNING id, organization_id AS "organizationId", workflow_id AS "workflowId",
                  execution_id AS "executionId", kind, measured, target, created_at AS at`,
    );
    return rows.map((row) => ({ ...row, at: row.at.toISOString() }));
  }
}

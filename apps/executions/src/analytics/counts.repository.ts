import type { JournalRecord } from '@rpa/contracts';
import type { Pool, PoolClient } from 'pg';
import { FIRST_ID, type ChangePosition } from '../stream/changes.repository.js';
import type { StepCost } from './step-costs.js';
import { bucketOf } from './time-buckets.js';

export const ALL_WORKFLOWS = '00000000-0000-0000-0000-000000000000';
/** Journals longer than this are left out of the sample. */
const SAMPLED_RECORDS = 500;

export interface Batch {
  organizationId: string;
  from: ChangePosition;
  to: ChangePosition;
}

export interface Sample {
  workflowId: string;
  day: string;
  records: JournalRecord[];
}

/** Keeps the aggregates up with the runs that have ended. */
export class CountsRepository {
  constructor(private readonly pool: Pool) {}

  /** Organizations with changes that are not counted yet. */
  async behind(until: string, limit: number): Promise<string[]> {
    const { rows } = await this.pool.query<{ id: string }>(
      `WITH RECURSIVE organizations (id) AS (
         (SELECT organization_id FROM executions.executions ORDER BY organization_id LIMIT 1)
         UNION ALL
         SELECT (SELECT e.organization_id FROM executions.executions e
                  WHERE e.organization_id > o.id ORDER BY e.organization_id LIMIT 1)
           FROM organizations o WHERE o.id IS NOT NULL
       )
       SELECT o.id FROM organizations o
         LEFT JOIN executions.stats_progress p ON p.organization_id = o.id
        WHERE o.id IS NOT NULL AND EXISTS (
          SELECT FROM executions.executions e
           WHERE e.organization_id = o.id AND e.updated_at <= $1::timestamptz
             AND (e.updated_at, e.id) > (coalesce(p.changed_at, '-infinity'), coalesce(p.execution_id, $2::uuid)))
        LIMIT $3::int`,
      [until, FIRST_ID, limit],
    );
    return rows.map((row) => row.id);
  }

  /** Counts the next changes of an organization, once; null when somebody else does or there are none. */
  async count(
    organizationId: string,
    until: string,
    limit: number,
    work: (client: PoolClient, batch: Batch) => Promise<void>,
  ): Promise<number | null> {
    const client = await this.pool.connect();
    try {
      await client.query('BEGIN');
      const from = await lockProgress(client, organizationId);
      const next = from && (await nextBatch(client, { organizationId, from, until, limit }));
      if (next) {
        await work(client, { organizationId, from, to: next.to });
        await client.query(
          `UPDATE executions.stats_progress SET changed_at = $2::timestamptz, execution_id = $3::uuid
            WHERE organization_id = $1::uuid`,
          [organizationId, next.to.at, next.to.id],
        );
      }
      await client.query('COMMIT');
      return next ? next.size : null;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  /** Adds the production runs that ended within a batch to every sum that they belong to. */
  async addRuns(client: PoolClient, { organizationId, from, to }: Batch): Promise<void> {
    await client.query(
      `WITH ended AS MATERIALIZED (
         SELECT workflow_id, workflow_name, status, completed_at,
                greatest(0, extract(epoch FROM completed_at - started_at) * 1000)::bigint AS duration,
                greatest(0, extract(epoch FROM started_at - created_at) * 1000)::bigint AS queue
           FROM executions.executions
          WHERE organization_id = $1::uuid AND (updated_at, id) > ($2::timestamptz, $3::uuid)
            AND (updated_at, id) <= ($4::timestamptz, $5::uuid) AND NOT test AND started_at IS NOT NULL
            AND status IN ('completed', 'failed', 'cancelled', 'timed_out')
            -- An ended run never changes; what touches its row later must not count it again.
            AND completed_at > updated_at - interval '1 hour'
       ), grained AS (
         SELECT g.grain, w.workflow_id, date_trunc(g.grain, e.completed_at, 'UTC') AS at, e.status, e.duration, e.queue
           FROM ended e, (VALUES ('hour'), ('day')) AS g (grain),
                LATERAL (VALUES (e.workflow_id), ($6::uuid)) AS w (workflow_id)
       ), runs AS (
         INSERT INTO executions.stats_runs AS s
         SELECT $1::uuid, grain, workflow_id, at, status, count(*), sum(duration), sum(queue)
           FROM grained GROUP BY 2, 3, 4, 5
         ON CONFLICT (organization_id, grain, workflow_id, at, status) DO UPDATE
           SET runs = s.runs + excluded.runs, duration_ms = s.duration_ms + excluded.duration_ms,
               queue_ms = s.queue_ms + excluded.queue_ms
       ), times AS (
         INSERT INTO executions.stats_times AS s
         SELECT $1::uuid, grain, workflow_id, at, m.metric, ${bucketOf('m.ms')}, count(*)
           FROM grained, LATERAL (VALUES ('duration', duration), ('queue', queue)) AS m (metric, ms)
          GROUP BY 2, 3, 4, 5, 6
         ON CONFLICT (organization_id, grain, workflow_id, at, metric, bucket) DO UPDATE SET runs = s.runs + excluded.runs
       )
       INSERT INTO executions.stats_workflows AS s (organization_id, workflow_id, name)
       SELECT $1::uuid, workflow_id, max(workflow_name) FROM ended GROUP BY workflow_id
       ON CONFLICT (organization_id, workflow_id) DO UPDATE SET name = excluded.name WHERE s.name <> excluded.name`,
      [organizationId, from.at, from.id, to.at, to.id, ALL_WORKFLOWS],
    );
  }

  /** Journals of some of the runs that ended within a batch, the latest ones. */
  async sample(client: PoolClient, batch: Batch, limit: number): Promise<Sample[]> {
    const { organizationId, from, to } = batch;
    const { rows } = await client.query<Sample & { records: JournalRecord[][] }>(
      `SELECT e.workflow_id AS "workflowId", date_trunc('day', e.completed_at, 'UTC') AS day, j.records
         FROM (SELECT id, workflow_id, completed_at FROM executions.executions
                WHERE organization_id = $1::uuid AND (updated_at, id) > ($2::timestamptz, $3::uuid)
                  AND (updated_at, id) <= ($4::timestamptz, $5::uuid) AND NOT test
                  AND status IN ('completed', 'failed', 'cancelled', 'timed_out')
                ORDER BY updated_at DESC, id DESC LIMIT $6::int) e
        CROSS JOIN LATERAL (SELECT json_agg(body ORDER BY seq) AS records, max(last_seq) AS size
                              FROM executions.journal WHERE execution_id = e.id) j
        WHERE j.size <= $7::int`,
      [organizationId, from.at, from.id, to.at, to.id, limit, SAMPLED_RECORDS],
    );
    return rows.map(({ records, ...row }) => ({ ...row, records: records.flat() }));
  }

  async addSteps(
    client: PoolClient,
    organizationId: string,
    costs: readonly (StepCost & { workflowId: string; day: string })[],
  ): Promise<void> {
    if (costs.length === 0) return;
    const column = <T>(read: (cost: (typeof costs)[number]) => T): T[] => costs.map(read);
    await client.query(
      `INSERT INTO executions.stats_steps AS s
         (organization_id, workflow_id, day, step, type, runs, attempts, failures, duration_ms, longest_ms)
       SELECT $1::uuid, c.workflow_id, c.day, c.step, max(c.type), sum(c.runs), sum(c.attempts), sum(c.failures),
              sum(c.duration_ms), max(c.longest_ms)
         FROM unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
                     $9::bigint[], $10::bigint[])
              AS c (workflow_id, day, step, type, runs, attempts, failures, duration_ms, longest_ms)
        GROUP BY c.workflow_id, c.day, c.step
       ON CONFLICT (organization_id, workflow_id, day, step) DO UPDATE
         SET runs = s.runs + excluded.runs, attempts = s.attempts + excluded.attempts,
             failures = s.failures + excluded.failures, duration_ms = s.duration_ms + excluded.duration_ms,
             longest_ms = greatest(s.longest_ms, excluded.longest_ms)`,
      [
        organizationId,
        column((cost) => cost.workflowId),
        column((cost) => cost.day),
        column((cost) => cost.step),
        column((cost) => cost.type),
        column((cost) => cost.runs),
        column((cost) => cost.attempts),
        column((cost) => cost.failures),
        column((cost) => cost.durationMs),
        column((cost) => cost.longestMs),
      ],
    );
  }

  /** Hours that are older than this are told by their days. Of all organizations alike. */
  async forgetHours(olderThan: string): Promise<void> {
    for (const table of ['stats_runs', 'stats_times'])
      await this.pool.query(
        `DELETE FROM executions.${table} WHERE grain = 'hour' AND at < now() - $1::interval AND organization_id IS NOT NULL`,
        [olderThan],
      );
  }
}

async function lockProgress(client: PoolClient, organizationId: string): Promise<ChangePosition | null> {
  await client.query(
    `INSERT INTO executions.stats_progress (organization_id, changed_at, execution_id)
     VALUES ($1::uuid, '-infinity', $2::uuid) ON CONFLICT DO NOTHING`,
    [organizationId, FIRST_ID],
  );
  const { rows } = await client.query<ChangePosition>(
    `SELECT changed_at::text AS at, execution_id AS id FROM executions.stats_progress
      WHERE organization_id = $1::uuid FOR UPDATE SKIP LOCKED`,
    [organizationId],
  );
  return rows[0] ?? null;
}

async function nextBatch(
  client: PoolClient,
  {
    organizationId,
    from,
    until,
    limit,
  }: { organizationId: string; from: ChangePosition; until: string; limit: number },
): Promise<{ to: ChangePosition; size: number } | null> {
  const { rows } = await client.query<ChangePosition & { size: number }>(
    `SELECT at::text, id, (count(*) OVER ())::int AS size
       FROM (SELECT updated_at AS at, id FROM executions.executions
              WHERE organization_id = $1::uuid AND (updated_at, id) > ($2::timestamptz, $3::uuid)
                AND updated_at <= $4::timestamptz
              ORDER BY updated_at, id LIMIT $5::int) changes
      ORDER BY changes.at DESC, changes.id DESC LIMIT 1`,
    [organizationId, from.at, from.id, until, limit],
  );
  const [last] = rows;
  return last ? { to: { at: last.at, id: last.id }, size: last.size } : null;
}

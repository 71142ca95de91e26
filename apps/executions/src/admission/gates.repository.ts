import type { PoolClient } from 'pg';
import type { Gate, Stage } from './held-start.js';

/** Starts that pass a gate in one transaction. */
export const PASS_AT_ONCE = 100;
const OPEN = `('pending', 'running', 'waiting', 'paused', 'needs_decision')`;
/** More runs than a lane can have. */
const EVERYBODY = 1_000_000_000;
/** The first of those that wait at a gate. */
const WAITING = `
  waiting AS (
    SELECT q.execution_id, q.lane_limit, row_number() OVER (ORDER BY q.rank, q.execution_id) AS place
      FROM (SELECT * FROM executions.start_queue
             WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text
             ORDER BY rank, execution_id LIMIT ${PASS_AT_ONCE}) q
  )`;
/** Of these the rows that nobody else is changing: in the order in which a cancel takes them too. */
const LOCKED = `
  locked AS (
    SELECT e.id FROM passing p JOIN executions.executions e ON e.id = p.execution_id AND e.organization_id = $1::uuid
      FOR UPDATE OF e SKIP LOCKED
  )`;
const MOVED = (next: string): string => `
  moved AS (
    UPDATE executions.start_queue q SET (stage, gate, due_at) = (${next})
      FROM locked l WHERE q.execution_id = l.id AND q.organization_id = $1::uuid AND q.stage = $3::text
    RETURNING q.execution_id, q.stage, q.gate, q.lane
  )`;
const AFTER_SLOT = `SELECT CASE WHEN q.rate_lane IS NULL THEN 'capacity' ELSE 'rate_limit' END, coalesce(q.rate_lane, q.place), NULL::timestamptz`;
const AFTER_DEBOUNCE = `SELECT CASE WHEN q.lane IS NOT NULL THEN 'concurrency' WHEN q.rate_lane IS NOT NULL THEN 'rate_limit' ELSE 'capacity' END,
  coalesce(q.lane, q.rate_lane, q.place), NULL::timestamptz`;

export interface Moved {
  id: string;
  stage: Stage;
  gate: string;
}

/** Takes starts from one gate to the next, in order of priority and age. The caller holds the lock of the gate. */
export class GatesRepository {
  /** Nothing has come for a period, or the first has waited as long as it may. */
  async passSettled(client: PoolClient, gate: Gate): Promise<Moved[]> {
    const { rows } = await client.query<Moved>(
      `WITH passing AS (
         SELECT execution_id FROM executions.start_queue
          WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text AND due_at <= statement_timestamp()
       ), ${LOCKED}, ${MOVED(AFTER_DEBOUNCE)}
       UPDATE executions.executions e SET held_back = m.stage FROM moved m
        WHERE e.id = m.execution_id AND e.organization_id = $1::uuid
       RETURNING e.id, m.stage, m.gate`,
      valuesOf(gate),
    );
    return rows;
  }

  /** As many as there are free slots; a slot is the row of an open run that names the lane. */
  async passSlots(client: PoolClient, gate: Gate): Promise<Moved[]> {
    const { rows } = await client.query<Moved>(
      `WITH ${WAITING}, taken AS (
         SELECT count(*) AS slots FROM (
           SELECT FROM executions.executions
            WHERE organization_id = $1::uuid AND lane = $2::text AND status IN ${OPEN}
            LIMIT (SELECT max(lane_limit) FROM waiting)) s
       ), passing AS (
         SELECT w.execution_id FROM waiting w, taken t WHERE t.slots + w.place <= w.lane_limit
       ), ${LOCKED}, ${MOVED(AFTER_SLOT)}
       UPDATE executions.executions e SET held_back = m.stage, lane = m.lane FROM moved m
        WHERE e.id = m.execution_id AND e.organization_id = $1::uuid
       RETURNING e.id, m.stage, m.gate`,
      valuesOf(gate),
    );
    return rows;
  }

  /** As many as the period has room for; the next is looked at when the period has room again. */
  async passRate(client: PoolClient, gate: Gate): Promise<Moved[]> {
    const head = await client.query<{ rate_limit: number; rate_period_ms: number }>(
      `SELECT rate_limit, rate_period_ms FROM executions.start_queue
        WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text ORDER BY rank, execution_id LIMIT 1`,
      valuesOf(gate),
    );
    const [rate] = head.rows;
    if (!rate) return [];
    const values = [...valuesOf(gate), rate.rate_limit, rate.rate_period_ms];
    const { rows } = await client.query<Moved>(
      `WITH ${WAITING}, taken AS (
         SELECT count(*) AS starts FROM (
           SELECT FROM executions.executions
            WHERE organization_id = $1::uuid AND rate_lane = $2::text
              AND rated_at > statement_timestamp() - $5::int * interval '1 ms' LIMIT $4::int) s
       ), passing AS (
         SELECT w.execution_id FROM waiting w, taken t WHERE t.starts + w.place <= $4::int
       ), ${LOCKED}, ${MOVED(`SELECT 'capacity', q.place, NULL::timestamptz`)}
       UPDATE executions.executions e SET held_back = m.stage, rate_lane = $2::text, rated_at = statement_timestamp()
         FROM moved m WHERE e.id = m.execution_id AND e.organization_id = $1::uuid
       RETURNING e.id, m.stage, m.gate`,
      values,
    );
    await client.query(
      `UPDATE executions.start_queue SET due_at = coalesce(
          (SELECT rated_at + $5::int * interval '1 ms' FROM executions.executions
            WHERE organization_id = $1::uuid AND rate_lane = $2::text ORDER BY rated_at DESC OFFSET $4::int - 1 LIMIT 1),
          statement_timestamp())
        WHERE organization_id = $1::uuid AND execution_id = (
          SELECT execution_id FROM executions.start_queue
           WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text ORDER BY rank, execution_id LIMIT 1)`,
      values,
    );
    return rows;
  }

  /** Out of the queue: from now on anybody may take the run up. At most `room`. */
  async letIn(client: PoolClient, gate: Gate, room: number): Promise<string[]> {
    const { rows } = await client.query<{ id: string }>(
      `WITH ${WAITING}, passing AS (
         SELECT execution_id FROM waiting WHERE place <= $4::int
       ), ${LOCKED}, gone AS (
         DELETE FROM executions.start_queue q USING locked l
          WHERE q.execution_id = l.id AND q.organization_id = $1::uuid AND q.stage = $3::text RETURNING q.execution_id
       )
       UPDATE executions.executions e SET held_back = NULL, started_at = statement_timestamp(), updated_at = now()
         FROM gone g WHERE e.id = g.execution_id AND e.organization_id = $1::uuid
       RETURNING e.id`,
      [...valuesOf(gate), room],
    );
    return rows.map((row) => row.id);
  }

  /** Runs of an organization that have begun, or may begin, and have not ended; counted up to `most`. */
  async running(client: PoolClient, organizationId: string, most: number): Promise<number> {
    const { rows } = await client.query<{ runs: number }>(
      `SELECT count(*)::int AS runs FROM (
         (SELECT FROM executions.executions
           WHERE organization_id = $1::uuid AND deleted_at IS NULL AND NOT test
             AND status IN ('running', 'waiting', 'paused', 'needs_decision') LIMIT $2::int)
         UNION ALL
         (SELECT FROM executions.executions
           WHERE organization_id = $1::uuid AND status = 'pending' AND held_back IS NULL LIMIT $2::int)) r`,
      [organizationId, most],
    );
    return rows[0]?.runs ?? 0;
  }

  /** Whether any start at a gate is to be turned away or to take the place of others. */
  async hasImpatient(client: PoolClient, gate: Gate): Promise<boolean> {
    const { rows } = await client.query<{ found: boolean }>(
      `SELECT EXISTS (SELECT FROM executions.start_queue
          WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text
            AND (lane_policy <> 'queue' OR rate_policy <> 'queue')) AS found`,
      valuesOf(gate),
    );
    return rows[0]?.found ?? false;
  }

  /** Cancels those that wait at a gate and are not to wait, as their workflows say. */
  async turnAway(client: PoolClient, gate: Gate, reason: string): Promise<string[]> {
    return this.cancel(
      client,
      `SELECT execution_id AS id FROM executions.start_queue
        WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text
          AND CASE stage WHEN 'concurrency' THEN lane_policy ELSE rate_policy END = 'skip'
        LIMIT ${PASS_AT_ONCE}`,
      gate,
      reason,
    );
  }

  /** Where the newest start wants so: cancels all but the newest runs of its lane, those that wait included. */
  async cancelOldest(client: PoolClient, gate: Gate, reason: string): Promise<string[]> {
    return this.cancel(
      client,
      `SELECT id FROM (
         SELECT id FROM executions.executions
          WHERE organization_id = $1::uuid AND lane = $2::text AND status IN ${OPEN}
         UNION ALL
         SELECT execution_id FROM executions.start_queue
          WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text) open
        ORDER BY id DESC
       OFFSET coalesce((SELECT CASE lane_policy WHEN 'cancel_oldest' THEN lane_limit END FROM executions.start_queue
                         WHERE stage = $3::text AND organization_id = $1::uuid AND gate = $2::text
                         ORDER BY execution_id DESC LIMIT 1), ${EVERYBODY}) LIMIT 1000`,
      gate,
      reason,
    );
  }

  private async cancel(client: PoolClient, victims: string, gate: Gate, reason: string): Promise<string[]> {
    const { rows } = await client.query<{ execution_id: string }>(
      `INSERT INTO executions.inbox (id, organization_id, execution_id, kind, dedupe_key, body)
       SELECT gen_random_uuid(), $1::uuid, v.id, 'cancel', 'cancel', $4::json FROM (${victims}) v
       ON CONFLICT (execution_id, dedupe_key) DO NOTHING RETURNING execution_id`,
      [...valuesOf(gate), JSON.stringify({ by: 'flow control', reason })],
    );
    return rows.map((row) => row.execution_id);
  }
}

function valuesOf({ organizationId, key, stage }: Gate): unknown[] {
  return [organizationId, key, stage];
}

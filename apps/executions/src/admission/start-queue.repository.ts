import type { Pool, PoolClient } from 'pg';
import type { StartRow } from '../commit/append.js';
import { KEY_COLUMNS, names, START_COLUMNS, type Started } from '../commit/columns.js';
import { firstGate, placeOf, type Debounce, type HeldStart, type Stage } from './held-start.js';

/** A level of priority counts as much as this time in the queue, so that nothing waits for ever. */
const LEVEL_SECONDS = 30;

/** Begins later; everything else of the row is written when it is accepted. */
const ROW_COLUMNS = START_COLUMNS.filter(([name]) => name !== 'started_at' && name !== 'organization_id');
/** What a later start of the same debounce key puts in place of the former. */
const REPLACED = ROW_COLUMNS.filter(([name]) => !['id', 'workflow_id', 'status', 'test', 'created_at'].includes(name));

const CONTROL_COLUMNS = 'lane, lane_limit, lane_policy, rate_lane, rate_limit, rate_period_ms, rate_policy';
const FIRST_CONTROL = 10;
const FIRST_OF_ROW = FIRST_CONTROL + 7;
const FIRST_OF_KEY = FIRST_OF_ROW + ROW_COLUMNS.length;

const ACCEPT = accept('', '', 'true');
const ACCEPT_WITH_KEY = accept(
  `keyed AS (${takeKey(FIRST_OF_KEY)} RETURNING execution_id),`,
  'WHERE EXISTS (SELECT FROM keyed)',
  'EXISTS (SELECT FROM keyed)',
);

function accept(keyed: string, onlyIf: string, taken: string): string {
  return `WITH ${keyed} written AS (
      INSERT INTO executions.executions (organization_id, held_back, ${names(ROW_COLUMNS)})
      SELECT $1::uuid, $2::text, ${places(ROW_COLUMNS, FIRST_OF_ROW)} ${onlyIf}
      ON CONFLICT (id) DO NOTHING RETURNING id, organization_id
    ), posted AS (
      INSERT INTO executions.inbox (id, organization_id, execution_id, kind, dedupe_key, body)
      SELECT w.id, w.organization_id, w.id, 'start', 'start', $7::json FROM written w
    ), labelled AS (
      INSERT INTO executions.labels (organization_id, execution_id, name, value)
      SELECT w.organization_id, w.id, l.name, l.value
        FROM written w, unnest($8::text[], $9::text[]) AS l (name, value)
    ), queued AS (
      INSERT INTO executions.start_queue (execution_id, organization_id, stage, gate, rank, due_at, place,
        ${CONTROL_COLUMNS})
      SELECT w.id, w.organization_id, $2::text, $3::text,
             statement_timestamp() - $4::int * interval '${LEVEL_SECONDS} s',
             statement_timestamp() + $5::int * interval '1 ms', $6::text,
             $10::text, $11::int, $12::text, $13::text, $14::int, $15::int, $16::text
        FROM written w
    )
    SELECT ${taken} AS taken`;
}

function takeKey(first: number): string {
  return `INSERT INTO executions.start_keys (${names(KEY_COLUMNS)}) VALUES (${places(KEY_COLUMNS, first)})
    ON CONFLICT (organization_id, source, key) DO UPDATE SET key = excluded.key
      WHERE start_keys.execution_id = excluded.execution_id`;
}

/** The rows of starts that are accepted and wait for their turn. */
export class StartQueueRepository {
  constructor(private readonly pool: Pool) {}

  /** True: the key was free, or this very start has taken it already. */
  async takeKey(client: PoolClient, { id, row }: HeldStart): Promise<boolean> {
    if (!row.key) return true;
    const { rowCount } = await client.query(takeKey(1), valuesOf(KEY_COLUMNS, { id, row }));
    return rowCount === 1;
  }

  /** A start that was taken over by one that waits answers with that one when it is repeated. */
  async moveKey(client: PoolClient, { id, row }: HeldStart, executionId: string): Promise<void> {
    if (!row.key) return;
    await client.query(
      `UPDATE executions.start_keys SET execution_id = $5::uuid
        WHERE organization_id = $1::uuid AND source = $2::text AND key = $3::text AND execution_id = $4::uuid`,
      [row.organizationId, row.key.source, row.key.key, id, executionId],
    );
  }

  /** Writes the run that waits, in one statement; doing it again changes nothing. False: another start has its key. */
  async add(client: Pool | PoolClient, held: HeldStart): Promise<boolean> {
    const { id, row } = held;
    const { stage, key } = firstGate(held);
    const { rows } = await client.query<{ taken: boolean }>({
      name: row.key ? 'accept with key' : 'accept',
      text: row.key ? ACCEPT_WITH_KEY : ACCEPT,
      values: [
        ...[row.organizationId, stage, key, row.priority, firstWait(held.debounce), placeOf(held)],
        ...[JSON.stringify({ input: held.input }), ...labelArrays(row), ...controlValues(held)],
        ...valuesOf(ROW_COLUMNS, { id, row }),
        ...(row.key ? valuesOf(KEY_COLUMNS, { id, row }) : []),
      ],
    });
    return rows[0]?.taken ?? false;
  }

  /** The run that a debounce key keeps back, locked. */
  async debounced(client: PoolClient, organizationId: string, key: string): Promise<string | null> {
    const { rows } = await client.query<{ id: string }>(
      `SELECT e.id FROM executions.start_queue q JOIN executions.executions e ON e.id = q.execution_id
        WHERE q.organization_id = $1::uuid AND q.stage = 'debounce' AND q.gate = $2::text FOR UPDATE OF e`,
      [organizationId, key],
    );
    return rows[0]?.id ?? null;
  }

  /** Puts this start in place of the one that is kept back; false: that one has gone on meanwhile. */
  async replace(client: PoolClient, executionId: string, held: HeldStart, debounce: Debounce): Promise<boolean> {
    const { row } = held;
    const { organizationId } = row;
    const { rowCount } = await client.query(
      `UPDATE executions.start_queue
          SET rank = queued_at - $3::int * interval '${LEVEL_SECONDS} s',
              due_at = least(statement_timestamp() + $4::int * interval '1 ms', queued_at + $5::int * interval '1 ms'),
              lane = $6::text, lane_limit = $7::int, lane_policy = $8::text,
              rate_lane = $9::text, rate_limit = $10::int, rate_period_ms = $11::int, rate_policy = $12::text
        WHERE execution_id = $1::uuid AND organization_id = $2::uuid AND stage = 'debounce'`,
      [executionId, organizationId, row.priority, debounce.periodMs, debounce.maxWaitMs, ...controlValues(held)],
    );
    if (rowCount === 0) return false;
    const values = valuesOf(REPLACED, { id: executionId, row });
    await client.query(
      `UPDATE executions.executions SET (${names(REPLACED)}, updated_at) = ROW (${places(REPLACED, 3)}, now())
        WHERE id = $1::uuid AND organization_id = $2::uuid`,
      [executionId, organizationId, ...values],
    );
    await client.query('DELETE FROM executions.labels WHERE execution_id = $1::uuid AND organization_id = $2::uuid', [
      executionId,
      organizationId,
    ]);
    await client.query(
      `INSERT INTO executions.labels (organization_id, execution_id, name, value)
       SELECT $1::uuid, $2::uuid, l.name, l.value FROM unnest($3::text[], $4::text[]) AS l (name, value)`,
      [organizationId, executionId, ...labelArrays(row)],
    );
    await client.query(
      `UPDATE executions.inbox SET body = $3::json
        WHERE execution_id = $1::uuid AND organization_id = $2::uuid AND kind = 'start'`,
      [executionId, organizationId, JSON.stringify({ input: { ...held.input, executionId } })],
    );
    return true;
  }

  /** What a run waits for; null: it has begun, or is about to. */
  async stageOf(organizationId: string, executionId: string): Promise<Stage | null> {
    const { rows } = await this.pool.query<{ stage: Stage }>(
      'SELECT stage FROM executions.start_queue WHERE execution_id = $1::uuid AND organization_id = $2::uuid',
      [executionId, organizationId],
    );
    return rows[0]?.stage ?? null;
  }
}

function labelArrays({ labels }: StartRow): string[][] {
  return [Object.keys(labels ?? {}), Object.values(labels ?? {})];
}

/** The first of several starts waits for a period too, but never longer than it may wait at all. */
function firstWait(debounce: Debounce | null): number | null {
  return debounce && Math.min(debounce.periodMs, debounce.maxWaitMs ?? Infinity);
}

function controlValues({ lane, rate }: HeldStart): unknown[] {
  const laneValues = [lane?.key ?? null, lane?.limit ?? null, lane?.policy ?? null];
  return [...laneValues, rate?.key ?? null, rate?.limit ?? null, rate?.periodMs ?? null, rate?.policy ?? null];
}

function places(columns: readonly (readonly [string, string, unknown])[], first = 1): string {
  return columns.map(([, type], index) => `$${first + index}::${type}`).join(', ');
}

function valuesOf(columns: typeof START_COLUMNS, started: Started): unknown[] {
  return columns.map(([, , read]) => read(started));
}

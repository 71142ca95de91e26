/** What must hold of runs that people steered, read from the rows, the journal and the sink alone. */
import { TERMINAL } from './observe.mjs';
import { until } from './sleep.mjs';

const CALM_MS = 30_000;
const BATCH = 500;

/** @returns the faults found, by kind, each a list of short texts */
export async function checkControl({ stage, sink, orders, settled, alarm }) {
  const found = { lost: [], stuck: [], contradictory: [], repeated: [], alarms: [], left: [] };
  if (!settled) found.stuck.push('not every command came to its end in time');
  await calm(stage, found);
  for (let from = 0; from < orders.length; from += BATCH)
    await checkEnds(stage.database, orders.slice(from, from + BATCH), found);
  checkEffects(sink, orders, found);
  await checkAlarms(stage.database, orders, alarm, found);
  return found;
}

/** Nothing waits for anybody any more. */
async function calm({ database }, found) {
  const left = async () =>
    (
      await database.query(
        `SELECT 'an alarm is not started: ' || execution_id AS what FROM executions.on_failure_starts
         UNION ALL SELECT 'an inbox row waits: ' || kind || ' ' || execution_id FROM executions.inbox
         UNION ALL SELECT 'a bulk operation goes on: ' || id FROM executions.bulk_operations WHERE status = 'running'
         UNION ALL SELECT 'an approval of an ended run is pending: ' || a.id FROM executions.approvals a
          JOIN executions.executions e ON e.id = a.execution_id AND e.completed_at IS NOT NULL WHERE a.status = 'pending'`,
      )
    ).rows.map(({ what }) => what);
  await until(async () => (await left()).length === 0, CALM_MS, 'nothing is left to do').catch(() => undefined);
  found.left.push(...(await left()));
}

async function checkEnds(database, orders, found) {
  const ids = orders.map(({ id }) => id);
  const { rows } = await database.query(
    'SELECT id, status, error FROM executions.executions WHERE id = ANY ($1::uuid[])',
    [ids],
  );
  const ended = new Map(rows.map((row) => [row.id, row]));
  const journals = await terminalRecords(database, ids);
  for (const { order, id, statuses } of orders) {
    const row = ended.get(id);
    const terminal = journals.get(id) ?? [];
    if (!row) found.lost.push(`${order} ${id} was acknowledged and is not there`);
    else if (terminal.length === 0) found.stuck.push(`${order} ${id} is ${row.status}`);
    else if (!statuses.includes(row.status))
      found.contradictory.push(`${order} ${id} ended as ${row.status}: ${JSON.stringify(row.error)}`);
    if (terminal.length > 1 || (terminal[0] && terminal[0] !== `execution_${row?.status}`))
      found.contradictory.push(`${order} ${id} is ${row?.status} and has ${terminal.join(', ')}`);
  }
}

async function terminalRecords(database, ids) {
  const { rows } = await database.query(
    `SELECT j.execution_id AS id, array_agg(r ->> 'type' ORDER BY j.seq) AS types
       FROM executions.journal j, json_array_elements(j.body) r
      WHERE j.execution_id = ANY ($1::uuid[]) AND r ->> 'type' = ANY ($2::text[]) GROUP BY 1`,
    [ids, [...TERMINAL]],
  );
  return new Map(rows.map(({ id, types }) => [id, types]));
}

/** An effect is done under one key: also in a retry, which takes over what has worked. */
function checkEffects(sink, orders, found) {
  for (const { order, id, effects } of orders)
    for (const step of effects)
      if (!sink.effects.has(`${order} ${step}`)) found.lost.push(`${order} ${id} ended without ${step}`);
  for (const [effect, keys] of sink.effects)
    if (keys.size > 1) found.repeated.push(`${effect} under ${[...keys].join(' and ')}`);
}

/** One for each bad end, none for a good one. */
async function checkAlarms(database, orders, alarm, found) {
  const { rows } = await database.query(
    `SELECT trigger_id AS id, count(*)::int AS runs FROM executions.executions WHERE workflow_id = $1 GROUP BY 1`,
    [alarm],
  );
  const alarms = new Map(rows.map(({ id, runs }) => [id, runs]));
  const { rows: bad } = await database.query(
    `SELECT id FROM executions.executions WHERE id = ANY ($1::uuid[]) AND status IN ('failed', 'cancelled', 'timed_out')`,
    [orders.map(({ id }) => id)],
  );
  const wanted = new Set(bad.map(({ id }) => id));
  for (const { order, id } of orders) {
    const [told, right] = [alarms.get(id) ?? 0, wanted.has(id) ? 1 : 0];
    if (told !== right) found.alarms.push(`${order} ${id}: ${told} alarms where ${right} is right`);
  }
}

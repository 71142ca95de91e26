/** What must hold when everything has come to rest, read from the sink and the journal alone. */
import { STEPS } from './load.mjs';
import { TERMINAL } from './observe.mjs';

const BATCH = 200;
/** A request may come in a moment before a fault and be repeated because of it. */
const MARGIN_MS = 1_000;

/** @returns the faults found, by kind, each a list of short texts */
export async function check({ stage, load, sink, faults, observer, stuck }) {
  const found = { lost: [], stuck, repeated: [], staleCommits: [], journal: [], unexplained: [] };
  const orders = [...load.orders.values()];
  for (let from = 0; from < orders.length; from += BATCH)
    await checkJournals(stage.database, orders.slice(from, from + BATCH), found);
  checkEffects(sink, orders, new Set(stuck), found);
  const resends = checkResends(sink, faults, found);
  found.staleCommits.push(...(await observer.stale()).map((row) => JSON.stringify(row)));
  found.unrecorded = observer.unrecorded;
  found.forgotten = observer.forgotten;
  return { found, resends };
}

function checkEffects(sink, orders, stuck, found) {
  const known = new Set(orders.map(({ order }) => order));
  for (const { order, id, status, error } of orders) {
    if (stuck.has(id)) continue;
    if (status !== 'completed') found.lost.push(`${order} ${id} ended as ${status}: ${JSON.stringify(error)}`);
    else
      for (const step of STEPS)
        if (!sink.effects.has(`${order} ${step}`)) found.lost.push(`${order} ${id} completed without ${step}`);
  }
  for (const [effect, keys] of sink.effects) {
    if (keys.size > 1) found.repeated.push(`${effect} under ${[...keys].join(' and ')}`);
    if (!known.has(effect.split(' ')[0])) found.journal.push(`${effect} of a run that nobody was told about`);
  }
}

/** A request sent once more needs a fault of its own while the step was under way. */
function checkResends(sink, faults, found) {
  let resends = 0;
  for (const [key, times] of sink.arrivals) {
    if (times.length === 1) continue;
    resends += times.length - 1;
    const causes = faults.filter(({ from, to }) => from <= times.at(-1) && to >= times[0] - MARGIN_MS).length;
    if (times.length - 1 > causes) found.unexplained.push(`${key}: ${times.length} requests, ${causes} faults`);
  }
  return resends;
}

async function checkJournals(database, orders, found) {
  const { rows } = await database.query(
    `SELECT execution_id AS id, seq, last_seq, lease_id, body FROM executions.journal
      WHERE execution_id = ANY ($1::uuid[]) ORDER BY execution_id, seq`,
    [orders.map(({ id }) => id)],
  );
  const journals = group(rows);
  for (const { order, id, workflow, status } of orders) {
    const journal = journals.get(id);
    if (!journal) found.lost.push(`${order} ${id} was acknowledged and has no journal`);
    else
      for (const fault of faultsOf(journal, { waits: workflow === 2, ended: status !== null })) {
        const list = fault.startsWith('a lease') ? found.staleCommits : found.journal;
        list.push(`${order} ${id}: ${fault}`);
      }
  }
}

function group(rows) {
  const groups = new Map();
  for (const row of rows) groups.set(row.id, [...(groups.get(row.id) ?? []), row]);
  return groups;
}

function* faultsOf(journal, { waits, ended }) {
  let next = 1;
  for (const { seq, last_seq: last, body } of journal) {
    if (seq !== next || last - seq + 1 !== body.length || body.some((record, index) => record.seq !== seq + index))
      yield `the row ${seq} to ${last} does not follow ${next - 1}`;
    next = last + 1;
  }
  const records = journal.flatMap((row) => row.body);
  const ends = records.filter((record) => TERMINAL.has(record.type));
  if (ended && (ends.length !== 1 || records.at(-1) !== ends[0])) yield `${ends.length} terminal records, or not last`;
  const completed = records.filter((record) => record.type === 'step_completed').map((record) => record.path);
  if (new Set(completed).size < completed.length) yield 'a step was completed twice';
  // A waiting run is given back and may come to the same owner again; any other only leaves a lease that is dead.
  const leases = journal.map((row) => row.lease_id).filter((id, index, all) => id !== all[index - 1]);
  if (!waits && new Set(leases).size < leases.length) yield `a lease wrote again after another: ${leases.join(', ')}`;
}

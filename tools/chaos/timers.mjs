/** What becomes of timers that are due while nobody is there to fire them. */
import { startExecution } from '@rpa/contracts';
import { drainAll } from '../bench/measure.mjs';
import { openStage, publish, removeData, REPLICAS } from './stage.mjs';
import { sleep, until } from './sleep.mjs';

const TARGET_SECONDS = 15;
const READY_WITHIN_MS = 60_000;
const GIVE_UP_MS = 120_000;
/** Between the last start and the outage: everything has left memory by then. */
const CALM_MS = 8_000;

export async function measureTimers(short, say) {
  const timers = short ? 1_000 : 10_000;
  const outageMs = short ? 10_000 : 60_000;
  const stage = await openStage({ say });
  try {
    const workflowId = await publish(stage, 'due', dueOf());
    // All are due while everybody is away: starts take their time, so the moments lie behind the slowest of them.
    const outageAt = Date.now() + timers * 6 + CALM_MS;
    const { bus, identity, organization } = stage;
    const start = async (index) => {
      const until = new Date(outageAt + 1_000 + ((outageMs - 2_000) * index) / timers).toISOString();
      const principal = await identity.serviceToken(organization);
      await bus.request(startExecution, { workflowId, inputs: { until } }, { principal, timeoutMs: 20_000 });
    };
    const { perSecond } = await drainAll({ once: start, count: timers, inFlight: 100 });
    say(`${timers} runs wait, started ${Math.round(perSecond)}/s`);
    if (Date.now() > outageAt - CALM_MS / 2) throw new Error('The machine is too slow: not all were started in time.');
    await sleep(outageAt - Date.now());
    for (const name of REPLICAS) stage.processes.get(name).signal('SIGKILL');
    say(`Everybody is away for ${outageMs / 1000} s`);
    await sleep(outageMs);
    for (const name of REPLICAS) stage.processes.get(name).start();
    await until(() => anyReady(stage), READY_WITHIN_MS, 'a replica is ready', 20);
    return await drained(stage, timers, say);
  } finally {
    await stage.close();
    removeData(stage);
  }
}

async function drained(stage, timers, say) {
  const from = Date.now();
  const open = async () => {
    const { rows } = await stage.database.query(
      `SELECT count(*)::int AS n FROM executions.executions WHERE completed_at IS NULL`,
    );
    return rows[0].n;
  };
  await until(async () => (await open()) === 0 || Date.now() - from > GIVE_UP_MS, GIVE_UP_MS * 2, 'all have ended');
  const drainSeconds = (Date.now() - from) / 1000;
  const { rows } = await stage.database.query(
    `SELECT fired, count(*)::int AS runs FROM (
       SELECT j.execution_id, count(*) FILTER (WHERE r ->> 'type' = 'step_completed' AND r ->> 'path' = 'wait')::int AS fired
         FROM executions.journal j, json_array_elements(j.body) r GROUP BY j.execution_id) f GROUP BY fired`,
  );
  const byTimes = Object.fromEntries(rows.map(({ fired, runs }) => [fired, runs]));
  say(`Drained in ${drainSeconds} s; timers by how often they fired: ${JSON.stringify(byTimes)}`);
  const once = byTimes[1] ?? 0;
  const sound = once === timers && rows.length === 1 && drainSeconds <= TARGET_SECONDS;
  return { sound, timers, firedOnce: once, drainSeconds, targetSeconds: TARGET_SECONDS };
}

async function anyReady(stage) {
  const ready = await Promise.all(REPLICAS.map((name) => stage.processes.get(name).isReady()));
  return ready.some(Boolean);
}

function dueOf() {
  return {
    format: 1,
    inputs: { type: 'object', properties: { until: { type: 'string' } } },
    steps: [
      { id: 'wait', type: 'delay', config: { until: '{{ inputs.until }}' }, next: ['end'] },
      { id: 'end', type: 'transform', config: { value: 1 } },
    ],
  };
}

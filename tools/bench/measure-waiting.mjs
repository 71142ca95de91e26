import pg from 'pg';
import { startExecution } from '@rpa/contracts';
import { readMemory } from './cpu.mjs';
import { drainAll, sleep } from './measure.mjs';

const STARTS_PER_SECOND = 400;
const GIVE_UP_MS = 180_000;

/** Starts runs that wait until the same moment; tells the memory they take meanwhile and how long it takes until all have ended. */
export async function measureWaiting({ product, stage, short, say }) {
  const count = short ? 5_000 : 100_000;
  const before = readMemory(stage.processes.executions);
  const dueAt = Date.now() + 15_000 + (count * 1_000) / STARTS_PER_SECOND;
  const until = new Date(dueAt).toISOString();
  const steps = [
    { id: 'wait', type: 'delay', config: { until }, next: ['end'] },
    { id: 'end', type: 'transform', config: { value: 1 } },
  ];
  const workflowId = await product.publish('waiting', { format: 1, steps });
  const client = new pg.Client({ connectionString: stage.databaseUrl });
  await client.connect();
  const left = async () => {
    const { rows } = await client.query(
      `SELECT count(*)::int AS n FROM executions.executions WHERE workflow_id = $1 AND completed_at IS NULL`,
      [workflowId],
    );
    return rows[0].n;
  };
  try {
    const { bus, token } = stage;
    const once = () => bus.request(startExecution, { workflowId }, { principal: token });
    const started = await drainAll({ once, count, inFlight: 200 });
    await sleep(2_000);
    const meanwhile = readMemory(stage.processes.executions);
    const waiting = await left();
    say(`waiting: ${waiting} runs wait, started ${Math.round(started.perSecond)}/s`);
    await sleep(Math.max(0, dueAt - Date.now()));
    const lateMs = Math.max(0, Date.now() - dueAt);
    const from = Date.now();
    let open = await left();
    while (open > 0 && Date.now() - from < GIVE_UP_MS) {
      await sleep(200);
      open = await left();
    }
    return {
      what: `${count} runs that wait for the same moment`,
      startsPerSecond: started.perSecond,
      waiting,
      megabytesBefore: before,
      megabytesMeanwhile: meanwhile,
      drainSeconds: (Date.now() - from + lateMs) / 1000,
      notResumed: open,
    };
  } finally {
    await client.end();
  }
}

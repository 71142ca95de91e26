/** Whether a replica or a worker is taken for dead only because the machine has no time for it. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Load } from './load.mjs';
import { Sink } from './sink.mjs';
import { openStage, removeData, REPLICAS } from './stage.mjs';
import { sleep } from './sleep.mjs';

const IN_FLIGHT = 10;
/** Busy for 95 of 100 ms. */
const BURN = `for (;;) {
  const until = Date.now() + 95;
  while (Date.now() < until);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
}`;

export async function measureFalseTakeOvers(short, say) {
  const seconds = short ? 45 : 600;
  const stage = await openStage({ say });
  const sink = await Sink.open();
  const burners = [];
  try {
    const load = new Load(stage, sink);
    await load.prepare();
    const began = Date.now();
    for (let core = 0; core < availableParallelism(); core++) burners.push(new Worker(BURN, { eval: true }));
    const running = load.run(IN_FLIGHT, () => Date.now() - began > seconds * 1_000);
    while (Date.now() - began < seconds * 1_000) {
      await sleep(5_000);
      say(`${Math.round((Date.now() - began) / 1000)} s, ${load.acknowledged} runs`);
    }
    await running;
    await Promise.all(burners.splice(0).map((burner) => burner.terminate()));
    const stuck = await load.settle(60_000);
    await load.stop();
    const takeOvers = await sumOf(stage, 'rpa_lease_take_overs_total');
    const redelivered = await lostDeliveries(stage);
    const sound = takeOvers === 0 && stuck.length === 0;
    return { sound, seconds, runs: load.acknowledged, takeOvers, redelivered, stuck: stuck.length };
  } finally {
    await Promise.all(burners.map((burner) => burner.terminate()));
    sink.close();
    await stage.close();
    removeData(stage);
  }
}

async function sumOf(stage, metric) {
  let sum = 0;
  for (const name of REPLICAS) {
    const text = await (await fetch(`http://127.0.0.1:${stage.processes.get(name).probePort}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith(metric));
    sum += lines.reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  }
  return sum;
}

/** Steps that were sent again because their worker was not heard. */
async function lostDeliveries(stage) {
  const { rows } = await stage.database.query(
    `SELECT count(*)::int AS n FROM executions.journal j, json_array_elements(j.body) r
      WHERE r ->> 'type' = 'step_redelivered'`,
  );
  return rows[0].n;
}

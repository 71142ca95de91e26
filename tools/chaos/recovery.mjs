/** How long a step stands still when the worker that runs it, or the replica that owns its run, is killed. */
import { startExecution } from '@rpa/contracts';
import { chainOf } from './load.mjs';
import { Sink } from './sink.mjs';
import { openStage, publish, removeData, REPLICAS, WORKERS } from './stage.mjs';
import { sleep, until } from './sleep.mjs';

const RUNS_PER_KILL = 8;
const RECOVERED_WITHIN_MS = 30_000;
const TARGET_MS = { p50: 2_500, p99: 4_000 };

export async function measureRecovery(short, say) {
  const stage = await openStage({ say });
  const sink = await Sink.open();
  try {
    const bench = new Recovery(stage, sink, await publish(stage, 'chain', chainOf(sink.url)));
    const samples = { worker: [], owner: [] };
    for (let round = 0; round < (short ? 6 : 40); round++) {
      samples.worker.push(...(await bench.killWorker(WORKERS[round % 2])));
      samples.owner.push(...(await bench.killOwner(REPLICAS[round % 2])));
      say(`round ${round + 1}: worker ${tell(samples.worker)}, owner ${tell(samples.owner)}`);
    }
    const figures = Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, summary(list)]));
    return { sound: Object.values(figures).every(isMet), target: TARGET_MS, ...figures };
  } finally {
    sink.close();
    await stage.close();
    removeData(stage);
  }
}

class Recovery {
  started = 0;

  constructor(stage, sink, workflowId) {
    Object.assign(this, { stage, sink, workflowId });
  }

  /** From the kill to the second request of each step that the worker was running. */
  async killWorker(name) {
    const broken = new Set();
    const { orders, release, second } = await this.hold((order) => broken.add(order));
    const killed = Date.now();
    this.stage.processes.get(name).signal('SIGKILL');
    await until(() => broken.size > 0 || Date.now() > killed + 1_000, 5_000, 'connections of the worker break', 5);
    await sleep(200);
    const all = () => [...broken].every((order) => second.has(order));
    await until(all, RECOVERED_WITHIN_MS, 'the steps of the dead worker run elsewhere', 5);
    release();
    await this.rest(name, orders);
    return [...broken].map((order) => second.get(order) - killed);
  }

  /** From the kill to the next step of each run that the replica owned. */
  async killOwner(name) {
    const { orders, ids, release, next } = await this.hold(() => undefined);
    const before = await this.owners(ids);
    const killed = Date.now();
    this.stage.processes.get(name).signal('SIGKILL');
    release();
    await until(() => next.size === orders.length, RECOVERED_WITHIN_MS, 'the runs of the dead replica go on', 5);
    const after = await this.owners(ids);
    await this.rest(name, orders);
    return orders.filter((_, index) => before[index] !== after[index]).map((order) => next.get(order) - killed);
  }

  /** Starts runs, and keeps the first step of each from ending until `release`. */
  async hold(onBroken) {
    const orders = Array.from({ length: RUNS_PER_KILL }, () => `r${++this.started}`);
    const [first, second, next] = [new Set(), new Map(), new Map()];
    let release;
    const released = new Promise((resolve) => (release = resolve));
    this.sink.onArrival = ({ order, step, count, response }) => {
      if (step === 's2' && count === 1) next.set(order, Date.now());
      if (step !== 's1') return Promise.resolve();
      response.once('close', () => response.writableFinished || onBroken(order));
      if (count === 1) first.add(order);
      else second.set(order, Date.now());
      return released;
    };
    const ids = await Promise.all(orders.map((order) => this.start(order)));
    await until(() => first.size === orders.length, RECOVERED_WITHIN_MS, 'all first steps run', 5);
    return { orders, ids, release, second, next };
  }

  async start(order) {
    const { bus, identity, organization } = this.stage;
    const request = {
      workflowId: this.workflowId,
      inputs: { order },
      dedupe: { source: 'recovery', key: order },
    };
    for (;;) {
      try {
        return (await bus.request(startExecution, request, { principal: await identity.serviceToken(organization) }))
          .id;
      } catch {
        await sleep(100);
      }
    }
  }

  /** The lease that wrote last, of each run. */
  async owners(ids) {
    const { rows } = await this.stage.database.query(
      `SELECT DISTINCT ON (execution_id) execution_id AS id, lease_id AS lease FROM executions.journal
        WHERE execution_id = ANY ($1::uuid[]) ORDER BY execution_id, seq DESC`,
      [ids],
    );
    const leases = new Map(rows.map(({ id, lease }) => [id, lease]));
    return ids.map((id) => leases.get(id));
  }

  async rest(name, orders) {
    const kept = this.stage.processes.get(name);
    kept.start();
    const ended = () => orders.every((order) => this.sink.effects.has(`${order} s5`));
    await until(ended, RECOVERED_WITHIN_MS, 'the runs end');
    await until(() => kept.isReady(), RECOVERED_WITHIN_MS, `${name} is ready`);
    await sleep(1_000);
  }
}

function summary(list) {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? null;
  return { steps: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? null };
}

function tell(list) {
  const { p50, max } = summary(list);
  return `p50 ${p50} ms, max ${max} ms`;
}

function isMet({ steps, p50, p99 }) {
  return steps > 0 && p50 <= TARGET_MS.p50 && p99 <= TARGET_MS.p99;
}

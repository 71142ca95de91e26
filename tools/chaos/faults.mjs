/** What goes wrong, when and for how long: all of it follows from the seed. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Random } from './random.mjs';
import { sleep } from './sleep.mjs';
import { LEASE_MS, REPLICAS, WORKERS } from './stage.mjs';

const SERVICES = ['workflows', 'auth'];
const KINDS = [
  [22, 'kill'],
  [16, 'stop'],
  [6, 'kill-both'],
  [10, 'wipe-nats'],
  [10, 'kill-postgres'],
  [12, 'cut'],
  [12, 'silence'],
  [8, 'silence-then-kill'],
  [4, 'cut-all'],
];
const TARGETS = [
  [10, REPLICAS[0]],
  [10, REPLICAS[1]],
  [7, WORKERS[0]],
  [7, WORKERS[1]],
  [2, SERVICES[0]],
  [1, SERVICES[1]],
];
const HOSTS = [...REPLICAS, ...WORKERS];
const WIRES = ['nats', 'postgres'];

/** A step that loses three workers is given up as the cause of it: after one has died, the next lives at least so long. */
const WORKERS_LIVE_MS = 7_000;

/** The faults in order, without end; of all kinds, or of those that are named. */
export function* schedule(seed, only) {
  const random = new Random(seed);
  const kinds = only ? KINDS.filter(([, kind]) => only.includes(kind)) : KINDS;
  let sparedMs = 0;
  for (;;) {
    const fault = draw(random, kinds);
    sparedMs -= fault.pauseMs;
    if (hitsWorkers(fault)) {
      if (sparedMs > 0) Object.assign(fault, { target: random.pick(REPLICAS), both: REPLICAS });
      else sparedMs = WORKERS_LIVE_MS + Math.max(fault.forMs, fault.downMs);
    }
    yield fault;
  }
}

function draw(random, kinds) {
  const kind = random.weighted(kinds);
  const target = kind === 'stop' ? random.pick(HOSTS) : random.weighted(TARGETS);
  const replica = random.pick(REPLICAS);
  return {
    pauseMs: random.between(800, 3_200),
    kind,
    target: kind === 'silence-then-kill' ? replica : target,
    both: random.pick([REPLICAS, WORKERS]),
    wire: WORKERS.includes(target) ? 'nats' : random.pick(WIRES),
    // Sometimes shorter than the lease, mostly longer.
    forMs: random.between(LEASE_MS * 0.4, LEASE_MS * 2),
    afterMs: random.between(20, 600),
    downMs: random.between(0, 2_000),
  };
}

function hitsWorkers({ kind, target, both }) {
  if (kind === 'kill-both') return both === WORKERS;
  return ['kill', 'stop', 'cut', 'silence', 'cut-all'].includes(kind) && WORKERS.includes(target);
}

export class Faults {
  done = [];
  running = new Set();
  busy = new Map();
  stopped = false;

  constructor(stage, { seed, kinds }, say) {
    this.stage = stage;
    this.schedule = schedule(seed, kinds);
    this.say = say;
  }

  /** One after the other; what each takes to be over may go beyond the beginning of the next. */
  async run(enough) {
    for (const fault of this.schedule) {
      if (this.stopped || enough()) break;
      await sleep(fault.pauseMs);
      if (this.stopped || enough()) break;
      await this.busy.get(placeOf(fault));
      this.begin(fault);
    }
    await Promise.all(this.running);
  }

  stop() {
    this.stopped = true;
  }

  begin(fault) {
    const entry = { number: this.done.length + 1, from: Date.now(), to: Infinity, name: nameOf(fault) };
    this.done.push(entry);
    this.say(`  ${new Date(entry.from).toISOString().slice(14, 22)} fault ${entry.number}: ${entry.name}`);
    const over = this.perform(fault).finally(() => {
      entry.to = Date.now();
      this.running.delete(over);
    });
    this.running.add(over);
    this.busy.set(placeOf(fault), over);
  }

  async perform(fault) {
    const { processes, links, postgres, nats, dir } = this.stage;
    const { kind, target, wire } = fault;
    const linksOf = (name) => [...links].filter(([key]) => key.startsWith(`${name} `)).map(([, link]) => link);
    switch (kind) {
      case 'kill':
        return this.kill([target], fault.downMs);
      case 'kill-both':
        return this.kill(fault.both, fault.downMs);
      case 'stop':
        return this.hold(
          fault.forMs,
          () => processes.get(target).signal('SIGSTOP'),
          () => processes.get(target).signal('SIGCONT'),
        );
      case 'cut':
        return links.get(`${target} ${wire}`).cut();
      case 'cut-all':
        return linksOf(target).forEach((link) => link.cut());
      case 'silence': {
        const link = links.get(`${target} ${wire}`);
        return this.hold(
          fault.forMs,
          () => link.freeze(),
          () => link.thaw(),
        );
      }
      case 'silence-then-kill':
        return this.silenceThenKill(target, links.get(`${target} postgres`), fault);
      case 'kill-postgres':
        return killServer(postgres);
      case 'wipe-nats':
        return killServer(nats, () => rmSync(join(dir, 'nats', 'jetstream'), { recursive: true, force: true }));
      default:
        throw new Error(`No such fault: ${kind}`);
    }
  }

  async kill(names, downMs) {
    for (const name of names) this.stage.processes.get(name).signal('SIGKILL');
    await sleep(Math.max(downMs, 50));
    for (const name of names) this.stage.processes.get(name).start();
  }

  async hold(forMs, begin, end) {
    begin();
    await sleep(forMs);
    end();
  }

  /** Dies while commits are on their way of which nobody has heard. */
  async silenceThenKill(name, link, { afterMs, downMs }) {
    link.freeze();
    await sleep(afterMs);
    this.stage.processes.get(name).signal('SIGKILL');
    link.cut();
    link.thaw();
    await sleep(Math.max(downMs, 50));
    this.stage.processes.get(name).start();
  }
}

/** The embedded server starts again by itself, on the same port. */
async function killServer(server, meanwhile = () => undefined) {
  const { pid } = server;
  process.kill(pid, 'SIGKILL');
  meanwhile();
  for (let waited = 0; server.pid === pid && waited < 30_000; waited += 50) await sleep(50);
}

/** Faults of the same place do not overlap. */
function placeOf({ kind, target, both }) {
  if (kind === 'kill-both') return both[0];
  if (kind === 'kill-postgres') return 'postgres';
  return kind === 'wipe-nats' ? 'nats' : target;
}

function nameOf({ kind, target, both, wire, forMs, afterMs }) {
  switch (kind) {
    case 'kill-postgres':
      return 'kill -9 PostgreSQL';
    case 'wipe-nats':
      return 'kill -9 NATS and wipe its data';
    case 'kill':
      return `kill -9 ${target}`;
    case 'kill-both':
      return `kill -9 ${both.join(' and ')}`;
    case 'stop':
      return `stop ${target} for ${forMs} ms`;
    case 'silence':
      return `silence between ${target} and ${wire} for ${forMs} ms`;
    case 'silence-then-kill':
      return `silence between ${target} and postgres, kill -9 after ${afterMs} ms`;
    case 'cut-all':
      return `cut all connections of ${target}`;
    default:
      return `cut ${target} from ${wire}`;
  }
}

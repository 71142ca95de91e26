/** Clients that start runs, repeat each start under the same key until it is acknowledged, and wait for the end. */
import { startExecution } from '@rpa/contracts';
import { numberOf } from './random.mjs';
import { publish } from './stage.mjs';
import { sleep } from './sleep.mjs';

const LOOK_EVERY_MS = 300;
const RETRY_MS = 250;
const ENDED = new Set(['completed', 'failed', 'cancelled', 'timed_out']);

/** Effects that a whole run has, by workflow. */
export const STEPS = ['s1', 's2', 's3', 's4', 's5'];

export class Load {
  /** Order to what is known of its run. */
  orders = new Map();
  starting = 0;
  clients = 0;
  open = new Map();
  refused = new Map();
  stopped = false;

  constructor(stage, sink) {
    this.stage = stage;
    this.sink = sink;
  }

  async prepare() {
    this.workflows = [
      await publish(this.stage, 'chain', chainOf(this.sink.url)),
      await publish(this.stage, 'fan out', fanOutOf(this.sink.url)),
      await publish(this.stage, 'wait', waitOf(this.sink.url)),
    ];
    this.looking = this.look();
  }

  get acknowledged() {
    return this.orders.size;
  }

  /** Keeps so many in flight until `enough` says so. */
  async run(inFlight, enough) {
    const client = async () => {
      while (!this.stopped && !enough()) await this.one();
    };
    this.clients = inFlight;
    await Promise.all(Array.from({ length: inFlight }, () => client().finally(() => this.clients--)));
  }

  /** Waits for the end of everything that was acknowledged; what is open then is stuck. */
  async settle(withinMs) {
    const limit = Date.now() + withinMs;
    while (this.clients > 0 && Date.now() < limit) await sleep(LOOK_EVERY_MS);
    return [...this.open.keys()];
  }

  async stop() {
    this.stopped = true;
    for (const { done } of this.open.values()) done();
    await this.looking;
  }

  async one() {
    const order = `o${++this.starting}`;
    const dice = numberOf(order);
    const workflow = dice < 0.7 ? 0 : dice < 0.95 ? 1 : 2;
    const id = await this.start(order, workflow);
    if (id === null) return;
    const row = { order, workflow, id, status: null, error: null };
    this.orders.set(order, row);
    if (this.stopped) return;
    await new Promise((done) => this.open.set(id, { row, done }));
  }

  async start(order, workflow) {
    const { bus, identity, organization } = this.stage;
    const request = {
      workflowId: this.workflows[workflow],
      inputs: { order },
      trigger: { type: 'event' },
      dedupe: { source: 'chaos', key: order },
    };
    while (!this.stopped) {
      try {
        const principal = await identity.serviceToken(organization);
        return (await bus.request(startExecution, request, { principal, timeoutMs: 4_000 })).id;
      } catch (error) {
        const code = error.code ?? error.message;
        this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
        await sleep(RETRY_MS);
      }
    }
    return null;
  }

  async look() {
    while (!this.stopped) {
      await sleep(LOOK_EVERY_MS);
      const ids = [...this.open.keys()];
      if (ids.length === 0) continue;
      const { rows } = await this.stage.database
        .query('SELECT id, status, error FROM executions.executions WHERE id = ANY ($1::uuid[])', [ids])
        .catch(() => ({ rows: [] }));
      for (const row of rows) if (ENDED.has(row.status)) this.ended(row);
    }
  }

  ended({ id, status, error }) {
    const entry = this.open.get(id);
    if (!entry) return;
    Object.assign(entry.row, { status, error });
    this.open.delete(id);
    entry.done();
  }
}

function effectOf(url, id, next) {
  return {
    id,
    type: 'http_request',
    config: { method: 'POST', url: `${url}/{{ inputs.order }}/${id}`, body: { order: '{{ inputs.order }}' } },
    ...(next && { next }),
  };
}

export function chainOf(url) {
  return {
    format: 1,
    steps: STEPS.map((id, index) => effectOf(url, id, index < 4 ? [STEPS[index + 1]] : undefined)),
  };
}

function fanOutOf(url) {
  const middle = ['s2', 's3', 's4'];
  return {
    format: 1,
    steps: [effectOf(url, 's1', middle), ...middle.map((id) => effectOf(url, id, ['s5'])), effectOf(url, 's5')],
  };
}

/** Long enough to leave memory in between. */
function waitOf(url) {
  return {
    format: 1,
    steps: [
      effectOf(url, 's1', ['s2']),
      effectOf(url, 's2', ['nap']),
      { id: 'nap', type: 'delay', config: { duration: '7s' }, next: ['s3'] },
      effectOf(url, 's3', ['s4']),
      effectOf(url, 's4', ['s5']),
      effectOf(url, 's5'),
    ],
  };
}

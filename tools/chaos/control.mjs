/** `--control`: runs that people cancel, pause, signal, decide about and retry at random, while processes are killed. */
import { checkControl } from './check-control.mjs';
import { Faults } from './faults.mjs';
import { numberOf } from './random.mjs';
import { Sink } from './sink.mjs';
import { sleep } from './sleep.mjs';
import { openStage, publish, removeData } from './stage.mjs';
import { Steering } from './steering.mjs';

const SETTLE_MS = 90_000;
const PAUSE_MS = 2_500;
const BULK = 10;
const SCRIPTS = [
  [30, 'finish'],
  [20, 'cancel'],
  [15, 'pause'],
  [15, 'reject'],
  [15, 'race'],
  [5, 'bulk'],
];

/** @param plan `seed`, `inFlight`, `runs` and `faults` to reach, `forMs` at most */
export async function runControl(plan, say) {
  const started = Date.now();
  const stage = await openStage({ say });
  const sink = await Sink.open();
  try {
    const result = await attack(stage, sink, plan, say);
    if (result.sound) await stage.close().then(() => removeData(stage));
    else say(`Logs and data: ${stage.dir}`);
    return { ...result, seconds: Math.round((Date.now() - started) / 1000) };
  } finally {
    sink.close();
    await stage.close();
  }
}

async function attack(stage, sink, plan, say) {
  const campaign = new Campaign(stage, sink);
  await campaign.prepare();
  const faults = new Faults(stage, plan, say);
  const began = Date.now();
  const enough = () =>
    (plan.forMs !== undefined && Date.now() - began > plan.forMs) ||
    (campaign.orders.length >= plan.runs && faults.done.length >= plan.faults);
  const progress = setInterval(
    () => say(`${campaign.orders.length} orders, ${campaign.open} open, ${faults.done.length} faults`),
    10_000,
  );
  const working = campaign.run(plan.inFlight, enough);
  await faults.run(enough);
  for (const kept of stage.processes.values()) kept.start();
  const settled = await Promise.race([working.then(() => true), sleep(SETTLE_MS).then(() => false)]);
  campaign.steering.stop();
  clearInterval(progress);
  const found = await checkControl({ stage, sink, orders: campaign.orders, settled, alarm: campaign.alarm });
  const counts = Object.fromEntries(Object.entries(found).map(([kind, list]) => [kind, list.length]));
  return {
    sound: Object.values(counts).every((count) => count === 0),
    found,
    numbers: {
      orders: campaign.orders.length,
      commands: campaign.steering.accepted,
      repeatedCommands: campaign.steering.repeated,
      scripts: campaign.counts,
      faults: faults.done.length,
      ...counts,
      seed: plan.seed,
    },
  };
}

class Campaign {
  /** What was asked for and acknowledged, and how it may end. */
  orders = [];
  counts = {};
  open = 0;
  began = 0;

  constructor(stage, sink) {
    this.stage = stage;
    this.sink = sink;
    this.steering = new Steering(stage);
  }

  async prepare() {
    const told = { id: 'told', type: 'transform', config: { value: '{{ inputs.status }}' } };
    this.alarm = await publish(this.stage, 'alarm', { format: 1, steps: [told] });
    this.steered = await publish(this.stage, 'steered', steeredOf(this.sink.url));
    this.nap = await publish(this.stage, 'nap', {
      format: 1,
      settings: { onFailure: { workflow: 'alarm' } },
      steps: [{ id: 'nap', type: 'delay', config: { duration: '1h' } }],
    });
  }

  async run(inFlight, enough) {
    const client = async () => {
      while (!enough() && !this.steering.stopped) await this.one();
    };
    await Promise.all(Array.from({ length: inFlight }, client));
  }

  async one() {
    const order = `c${++this.began}`;
    const script = draw(numberOf(order));
    this.counts[script] = (this.counts[script] ?? 0) + 1;
    this.open++;
    await this[script](order).finally(() => this.open--);
  }

  async begin(order, workflow, statuses, effects) {
    const { id } = await this.steering.post(`/workflows/${workflow}/execute`, { inputs: { order } }, `start ${order}`);
    const entry = { order, id, statuses, effects };
    this.orders.push(entry);
    return entry;
  }

  async finish(order) {
    const { id } = await this.begin(order, this.steered, ['completed'], ['s1', 's2', 's3']);
    await this.signal(order, id);
    await this.decide(id, 'approved');
    await this.steering.ended(id);
  }

  /** Nobody signals it, so it cannot end in another way. */
  async cancel(order) {
    const { id } = await this.begin(order, this.steered, ['cancelled'], []);
    await sleep(numberOf(`${order} when`) * PAUSE_MS);
    await this.steering.post(`/executions/${id}/cancel`, { reason: 'chaos' }, `cancel ${order}`);
    await this.steering.ended(id);
  }

  async pause(order) {
    const { id } = await this.begin(order, this.steered, ['completed'], ['s1', 's2', 's3']);
    await this.steering.post(`/executions/${id}/pause`, {}, `pause ${order}`);
    await this.signal(order, id);
    await sleep(numberOf(`${order} when`) * PAUSE_MS);
    await this.steering.post(`/executions/${id}/resume`, {}, `resume ${order}`);
    await this.decide(id, 'approved');
    await this.steering.ended(id);
  }

  /** What has worked is taken over by the retry, so that no effect happens twice. */
  async reject(order) {
    const { id } = await this.begin(order, this.steered, ['failed'], ['s1', 's2']);
    await this.signal(order, id);
    await this.decide(id, 'rejected');
    await this.steering.ended(id);
    const again = await this.steering.post(`/executions/${id}/retry`, {}, `retry ${order}`);
    this.orders.push({ order, id: again.id, statuses: ['completed'], effects: ['s1', 's2', 's3'] });
    await this.decide(again.id, 'approved');
    await this.steering.ended(again.id);
  }

  /** Everything at once: either may win, but only one. */
  async race(order) {
    const { id } = await this.begin(order, this.steered, ['completed', 'cancelled'], []);
    const later = (what) => sleep(numberOf(`${order} ${what}`) * PAUSE_MS);
    await Promise.all([
      this.signal(order, id),
      this.decide(id, 'approved'),
      later('cancel').then(() => this.steering.post(`/executions/${id}/cancel`, {}, `cancel ${order}`)),
    ]);
    await this.steering.ended(id);
  }

  async bulk(order) {
    const entries = await Promise.all(
      Array.from({ length: BULK }, (_, index) => this.begin(`${order}x${index}`, this.nap, ['cancelled'], [])),
    );
    const ids = entries.map(({ id }) => id);
    const { id } = await this.steering.post('/executions/bulk/cancel', { ids }, `bulk ${order}`);
    await this.steering.until(async () => (await this.steering.get(`/executions/bulk/${id}`))?.status === 'completed');
    await Promise.all(ids.map((each) => this.steering.ended(each)));
  }

  signal(order, id) {
    return this.steering.post(`/executions/${id}/signals/go`, { payload: order }, `signal ${order}`);
  }

  /** Waits until the run asks; one that has ended meanwhile asks nobody. */
  async decide(id, decision) {
    let approval;
    await this.steering.until(async () => {
      approval = (await this.steering.get(`/approvals?executionId=${id}&status=pending`))?.data[0];
      return approval !== undefined || (await this.steering.status(id)) !== null;
    });
    if (approval) await this.steering.post(`/approvals/${approval.id}/decide`, { decision }, `decide ${id}`);
  }
}

function draw(dice) {
  let left = dice * SCRIPTS.reduce((sum, [weight]) => sum + weight, 0);
  for (const [weight, script] of SCRIPTS) if ((left -= weight) < 0) return script;
  return SCRIPTS[0][1];
}

function steeredOf(url) {
  const effect = (id, next) => ({
    id,
    type: 'http_request',
    config: { method: 'POST', url: `${url}/{{ inputs.order }}/${id}`, body: { order: '{{ inputs.order }}' } },
    ...(next && { next: [next] }),
  });
  return {
    format: 1,
    settings: { onFailure: { workflow: 'alarm' } },
    steps: [
      effect('s1', 'gate'),
      { id: 'gate', type: 'wait_for_signal', config: { name: 'go' }, next: ['s2'] },
      effect('s2', 'ask'),
      { id: 'ask', type: 'approval', config: { title: '{{ inputs.order }}' }, next: ['s3'] },
      effect('s3'),
    ],
  };
}

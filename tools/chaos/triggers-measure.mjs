/** `npm run chaos -- --triggers --measure`: how late schedules fire, and how fast webhooks are answered. */
import { randomUUID } from 'node:crypto';
import { createSchedule, createTrigger } from '@rpa/contracts';
import { Agent, request } from 'undici';
import { readCpu } from '../bench/cpu.mjs';
import { sleep, until } from './sleep.mjs';
import { openTriggersStage } from './triggers-stage.mjs';

const SCHEDULES = 10_000;
const LATE_TARGET_MS = 250;
const RATE = 200;
const ANSWER_TARGET_MS = 50;

/** Executions is a peer that answers at once: what is measured is triggers, PostgreSQL, NATS and the gateway. */
export async function measureTriggers({ short }, say) {
  const stage = await openTriggersStage(['triggers-1', 'triggers-2', 'gateway'], say);
  try {
    const webhooks = await measureWebhooks(stage, short ? 10_000 : 30_000, say);
    const schedules = await measureLateness(stage, short ? 15_000 : 60_000, say);
    const sound = schedules.p99 <= LATE_TARGET_MS && webhooks.p99 <= ANSWER_TARGET_MS && webhooks.failed === 0;
    return { sound, schedules, webhooks };
  } finally {
    await stage.close();
  }
}

/** Ten thousand schedules every minute, each at a second of its own: 167 times a second. */
async function measureLateness(stage, forMs, say) {
  const made = await stage.send(createSchedule, { workflowId: randomUUID(), name: 'The first', every: '1m' });
  await stage.database.query(
    `WITH copies AS (
       INSERT INTO triggers.triggers (id, organization_id, organization_slug, workflow_id, name, type, enabled, config)
       SELECT gen_random_uuid(), organization_id, organization_slug, workflow_id, 'Copy', type, true, config
         FROM triggers.triggers, generate_series(1, $2) WHERE id = $1 RETURNING id, organization_id)
     INSERT INTO triggers.schedules (trigger_id, organization_id, anchor_at, scheduled_for, due_at)
     SELECT id, organization_id, at - interval '1 minute', at, at
       FROM (SELECT id, organization_id, now() + interval '5 seconds' + random() * interval '1 minute' AS at FROM copies) AS spread`,
    [made.id, SCHEDULES - 1],
  );
  say(`${SCHEDULES} schedules every minute ...`);
  await sleep(6_000);
  stage.started.clear();
  await sleep(forMs);
  const late = [...stage.started.values()].map(({ trigger, at }) => at - Date.parse(trigger.payload.scheduledFor));
  return { active: SCHEDULES, fired: late.length, ...quantiles(late) };
}

/** Requests at a steady rate, whether the earlier ones are answered or not, from their time on. */
async function measureWebhooks(stage, forMs, say) {
  const hook = await stage.send(createTrigger, { workflowId: randomUUID(), name: 'Hook', type: 'webhook' });
  const url = `${stage.url}${new URL(hook.url).pathname}`;
  const dispatcher = new Agent({ connections: 50 });
  const send = async () => {
    const { statusCode, body } = await request(url, {
      dispatcher,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'webhook-id': randomUUID() },
      body: JSON.stringify({ id: 'A-1', total: 120 }),
    });
    await body.dump();
    return statusCode;
  };
  await until(async () => (await send().catch(() => 0)) === 202, 20_000, 'the webhook answers');
  for (let turn = 0; turn < 200; turn++) await send();
  say(`${RATE} webhooks a second ...`);
  const took = [];
  const processes = pidsOf(stage);
  const before = readCpu(processes);
  let failed = 0;
  const running = [];
  const begun = performance.now();
  for (let turn = 0; turn < (RATE * forMs) / 1_000; turn++) {
    const due = begun + (turn * 1_000) / RATE;
    const wait = due - performance.now();
    if (wait > 1) await sleep(wait);
    running.push(
      send().then(
        (status) => (status === 202 ? took.push(performance.now() - due) : failed++),
        () => failed++,
      ),
    );
  }
  await Promise.all(running);
  const after = readCpu(processes);
  await dispatcher.close();
  const cpuUs = Object.fromEntries(
    Object.keys(processes).map((name) => [name, Math.round((after[name] - before[name]) / took.length)]),
  );
  return { perSecond: RATE, cpuUs, answered: took.length, failed, ...quantiles(took) };
}

/** CPU time is told besides: on a machine that others use too it says more than times do. */
function pidsOf({ processes, postgres, nats }) {
  const own = [...processes].map(([name, kept]) => [name, kept.pid]);
  return { ...Object.fromEntries(own), postgresql: postgres.pid, nats: nats.pid };
}

function quantiles(values) {
  const sorted = values.sort((a, b) => a - b);
  const at = (share) => Math.round((sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN) * 10) / 10;
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

/** `npm run chaos -- --triggers`: no time of a schedule missed or doubled, no webhook twice, while replicas are killed. */
import { randomUUID } from 'node:crypto';
import { createSchedule, createTrigger, disableTriggers, receiveWebhook } from '@rpa/contracts';
import { Random } from './random.mjs';
import { sleep, until } from './sleep.mjs';
import { openTriggersStage } from './triggers-stage.mjs';

const REPLICAS = ['triggers-1', 'triggers-2', 'triggers-3'];
const SCHEDULES = 100;
const COPIES = 100;
const SETTLE_MS = 90_000;

/** Fires `ticks` times of schedules while one replica after the other is killed, and sends webhooks a hundredfold. */
export async function attackTriggers({ seed, ticks }, say) {
  const begun = performance.now();
  const stage = await openTriggersStage(REPLICAS, say);
  try {
    const ids = await makeSchedules(stage);
    const hook = await stage.send(createTrigger, { workflowId: randomUUID(), name: 'Hook', type: 'webhook' });
    say(`Seed ${seed}: ${ids.size} schedules every second, 3 replicas`);
    const faults = await killUntil(stage, ids, hook, { random: new Random(seed), ticks, say });
    await stage.send(disableTriggers, { type: 'schedule' });
    await until(() => isSettled(stage), SETTLE_MS, 'every event is handed over');
    const found = { ...checkTicks(stage, ids), ...(await checkLedger(stage)), ...faults.webhooks };
    const sound = Object.values(found).every((list) => list.length === 0);
    const numbers = {
      ticks: ticksOf(stage, ids).length,
      kills: faults.kills,
      webhooks: faults.sent,
      asked: stage.asked,
    };
    const counts = Object.fromEntries(Object.entries(found).map(([kind, list]) => [kind, list.length]));
    return {
      sound,
      found,
      numbers: { ...numbers, ...counts },
      seconds: Math.round((performance.now() - begun) / 1000),
    };
  } finally {
    await stage.close();
  }
}

async function makeSchedules(stage) {
  const ids = new Set();
  for (let n = 0; n < SCHEDULES; n++) {
    const schedule = { workflowId: randomUUID(), name: `Every second ${n}`, every: '1s', grace: '1h' };
    ids.add((await stage.send(createSchedule, schedule)).id);
  }
  return ids;
}

/** Kills and starts replicas until enough has fired. One that is ready is left, or nothing would go on at all. */
async function killUntil(stage, ids, hook, { random, ticks, say }) {
  const faults = { kills: 0, sent: 0, webhooks: { differing: [], manyRuns: [] } };
  const volleys = new Map();
  for (let told = 0; ticksOf(stage, ids).length < ticks;) {
    await sleep(random.between(500, 2_500));
    const kept = [...stage.processes.values()];
    const ready = await Promise.all(kept.map((one) => one.isReady()));
    const victims = kept.filter((_, index) => ready[index]);
    const id = `msg_${volleys.size}`;
    volleys.set(id, sendCopies(stage, hook, id));
    faults.sent += COPIES;
    await sleep(random.between(0, 60));
    if (victims.length > 1) {
      random.pick(victims).signal('SIGKILL');
      faults.kills++;
    }
    for (const one of kept) if (!one.alive && random.next() < 0.6) one.start();
    const done = ticksOf(stage, ids).length;
    if (done - told >= 2_000) say(`  ${(told = done)} ticks, ${faults.kills} kills`);
  }
  for (const kept of stage.processes.values()) kept.start();
  for (const kept of stage.processes.values())
    await until(() => kept.isReady(), SETTLE_MS, `${kept.name} is ready again`);
  for (const [id, volley] of volleys) await checkCopies(stage, hook, { id, given: await volley }, faults.webhooks);
  return faults;
}

/** The same request a hundred times at once; who was being served by the victim gets no answer. */
async function sendCopies(stage, hook, id) {
  const answers = await Promise.all(Array.from({ length: COPIES }, () => sendHook(stage, hook, id).catch(() => null)));
  return new Set(answers.filter(Boolean));
}

async function sendHook(stage, hook, id) {
  const key = new URL(hook.url).pathname.split('/')[2];
  const body = Buffer.from(JSON.stringify({ id })).toString('base64');
  const request = {
    key,
    path: '',
    method: 'POST',
    query: '',
    address: '127.0.0.1',
    headers: { 'webhook-id': id },
    body,
  };
  const answer = await stage.gateway.request(receiveWebhook, request, { timeoutMs: 15_000 });
  return `${answer.status} ${answer.body}`;
}

/** Sent once more, as its sender would: one run in all, and whoever got an answer got this one. */
async function checkCopies(stage, hook, { id, given }, found) {
  given.add(await sendHook(stage, hook, id));
  if (given.size > 1) found.differing.push(`${id}: ${[...given].join(' | ')}`);
  const runs = [...stage.started.values()].filter(({ trigger }) => trigger.payload?.id === id);
  if (runs.length !== 1) found.manyRuns.push(`${id}: ${runs.length} runs`);
}

function ticksOf(stage, ids) {
  return [...stage.started.values()].filter(({ trigger }) => ids.has(trigger.id));
}

/** Every second from the first to the last of each schedule has exactly one run. */
function checkTicks(stage, ids) {
  const bySchedule = new Map([...ids].map((id) => [id, []]));
  for (const { trigger } of ticksOf(stage, ids))
    bySchedule.get(trigger.id).push(Date.parse(trigger.payload.scheduledFor));
  const found = { missed: [], doubled: [] };
  for (const [id, times] of bySchedule) {
    times.sort((a, b) => a - b);
    for (const [index, time] of times.entries()) {
      const gap = index === 0 ? 1_000 : time - times[index - 1];
      if (gap === 0) found.doubled.push(`${id} at ${new Date(time).toISOString()}`);
      if (gap > 1_000) found.missed.push(`${id}: nothing for ${gap} ms before ${new Date(time).toISOString()}`);
    }
  }
  return found;
}

async function isSettled({ database }) {
  const { rows } = await database.query('SELECT count(*)::int AS open FROM triggers.event_intents');
  return rows[0].open === 0;
}

/** What was started stands in the ledger once, and nothing else says that it did. */
async function checkLedger({ database, started }) {
  const { rows } = await database.query(
    `SELECT execution_id AS id, count(*)::int AS rows FROM triggers.trigger_fires WHERE outcome = 'fired' GROUP BY 1`,
  );
  const written = new Map(rows.map((row) => [row.id, row.rows]));
  const runs = new Set([...started.values()].map(({ id }) => id));
  return {
    unwritten: [...runs].filter((id) => !written.has(id)),
    writtenTwice: [...written].filter(([id, count]) => count > 1 || !runs.has(id)).map(([id]) => id),
  };
}

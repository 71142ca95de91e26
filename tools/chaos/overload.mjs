/** What happens when five times as much is asked for as can be done. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { flood } from '../bench/measure.mjs';
import { openStage, publish, removeData } from './stage.mjs';
import { sleep, until } from './sleep.mjs';

const TIMES = 5;
const IN_FLIGHT = 64;
/** The client is no fast one either: more than this on the way at once is not sent. */
const MOST_ON_THE_WAY = 4_000;
const SETTLE_MS = 300_000;
const MOST_MEGABYTES = 700;

export async function measureOverload(short, say) {
  const seconds = short ? 20 : 120;
  const stage = await openStage({ say });
  const url = new URL(stage.gatewayUrl);
  const pool = new Pool(url.origin, { connections: MOST_ON_THE_WAY, pipelining: 1, headersTimeout: 30_000 });
  try {
    const step = { id: 'one', type: 'noop', config: {} };
    const workflowId = await publish(stage, 'overload', { format: 1, steps: [step] });
    const request = {
      method: 'POST',
      path: `${url.pathname}/workflows/${workflowId}/execute`,
      headers: { authorization: `Bearer ${stage.token}`, 'content-type': 'application/json' },
      body: '{}',
    };
    const { perSecond } = await flood({
      once: () => send(pool, request),
      inFlight: IN_FLIGHT,
      warmUpMs: 3_000,
      measureMs: 5_000,
      watched: {},
    });
    say(`${Math.round(perSecond)} starts/s at most; now ${TIMES} times that for ${seconds} s`);
    const told = await attack({ pool, request, rate: perSecond * TIMES, seconds });
    const megabytes = memoryOf(stage);
    const lost = await findLost(stage, told.accepted);
    const { accepted, refused, wrong, notSent } = told;
    const sound =
      accepted.length > 0 &&
      wrong.size === 0 &&
      lost.length === 0 &&
      Object.values(megabytes).every((most) => most < MOST_MEGABYTES);
    return {
      sound,
      capacity: Math.round(perSecond),
      seconds,
      accepted: accepted.length,
      refused,
      notSent,
      wrong: Object.fromEntries(wrong),
      lost: lost.length,
      megabytes,
    };
  } finally {
    await pool.destroy();
    await stage.close();
    removeData(stage);
  }
}

async function send(pool, request) {
  const { statusCode, headers, body } = await pool.request(request);
  return { statusCode, retryAfter: headers['retry-after'], answer: await body.json() };
}

/** An open loop: requests are sent at their times, whatever became of those before. */
async function attack({ pool, request, rate, seconds }) {
  const told = { accepted: [], refused: 0, wrong: new Map(), notSent: 0 };
  const note = (what) => told.wrong.set(what, (told.wrong.get(what) ?? 0) + 1);
  const began = performance.now();
  let [sent, onTheWay] = [0, 0];
  const one = async () => {
    onTheWay++;
    try {
      const { statusCode, retryAfter, answer } = await send(pool, request);
      if (statusCode === 202) told.accepted.push(answer.id ?? answer.executionId);
      else if (statusCode === 503 && Number(retryAfter) > 0) told.refused++;
      else note(`${statusCode} ${answer.code}`);
    } catch (error) {
      note(error.code ?? error.message);
    } finally {
      onTheWay--;
    }
  };
  while (performance.now() - began < seconds * 1_000) {
    for (const due = ((performance.now() - began) * rate) / 1_000; sent < due; sent++)
      if (onTheWay < MOST_ON_THE_WAY) void one();
      else told.notSent++;
    await sleep(5);
  }
  await until(() => onTheWay === 0, 60_000, 'all answers are there');
  return told;
}

/** Accepted, but not there or not completed when everything has settled. */
async function findLost({ database }, accepted) {
  const open = async () => {
    const { rows } = await database.query(
      'SELECT count(*)::int AS n FROM executions.executions WHERE completed_at IS NULL',
    );
    return rows[0].n;
  };
  await until(async () => (await open()) === 0, SETTLE_MS, 'all accepted runs have ended', 500);
  const { rows } = await database.query(`SELECT id FROM executions.executions WHERE status = 'completed'`);
  const completed = new Set(rows.map(({ id }) => id));
  return accepted.filter((id) => !completed.has(id));
}

/** The most that each process ever had, in MiB. */
function memoryOf({ processes }) {
  if (process.platform !== 'linux') return {};
  return Object.fromEntries(
    [...processes].map(([name, { pid }]) => {
      const status = readFileSync(`/proc/${pid}/status`, 'latin1');
      return [name, Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024)];
    }),
  );
}

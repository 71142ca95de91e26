/** What is measured. `perRun` units make a run: rates and CPU are told by the unit. */
import { fillTables } from './fill-tables.mjs';
import { measureFairness } from './measure-fairness.mjs';
import { measureAnalytics, measureLists } from './measure-lists.mjs';
import { measureStandalone } from './measure-standalone.mjs';
import { measureWaiting } from './measure-waiting.mjs';
import { flood, median } from './measure.mjs';
import { STEPS } from './product.mjs';

const IN_FLIGHT = 200;
const STARTS_IN_FLIGHT = 128;

const ROWS = [
  {
    name: 'remote',
    what: `runs of ${STEPS} remote steps, ${IN_FLIGHT} in flight`,
    unit: 'step',
    perRun: STEPS,
    inFlight: IN_FLIGHT,
    ours: ({ product, workflows }) => product.runOverNats(workflows.noop),
    peers: true,
  },
  {
    name: 'sequential',
    what: `runs of ${STEPS} remote steps, one at a time`,
    unit: 'step',
    perRun: STEPS,
    inFlight: 1,
    ours: ({ product, workflows }) => product.runOverNats(workflows.noop),
    peers: true,
  },
  {
    name: 'http',
    what: `runs of ${STEPS} http_request steps, ${IN_FLIGHT} in flight, started over HTTP`,
    unit: 'step',
    perRun: STEPS,
    inFlight: IN_FLIGHT,
    ours: ({ product, workflows }) => product.runOverHttp(workflows.http),
  },
  {
    name: 'inline',
    what: `runs of ${STEPS} inline steps, ${IN_FLIGHT} in flight`,
    unit: 'step',
    perRun: STEPS,
    inFlight: IN_FLIGHT,
    ours: ({ product, workflows }) => product.runOverNats(workflows.inline),
  },
  {
    name: 'starts',
    what: `starts of runs of one inline step over HTTP, answered when durable, ${STARTS_IN_FLIGHT} in flight`,
    unit: 'start',
    perRun: 1,
    inFlight: STARTS_IN_FLIGHT,
    ours: ({ product, workflows }) => product.startOverHttp(workflows.short),
  },
];

/** Rows of their own kind: told once, not in rounds. */
const SINGLE = {
  growth: measureGrowth,
  waiting: measureWaiting,
  lists: measureLists,
  analytics: measureAnalytics,
  standalone: measureStandalone,
  fairness: measureFairness,
};

export const ROW_NAMES = [...ROWS.map(({ name }) => name), ...Object.keys(SINGLE)];

/** One round: every row with every engine, one after the other, so that all see the same machine. */
export async function* measureRound(bench, only) {
  const { product, workflows, stage, peers, times, profile } = bench;
  for (const row of ROWS.filter(({ name }) => !only || only === name)) {
    const { inFlight } = row;
    const ours = { run: () => row.ours({ product, workflows }), processes: stage.processes, turn: profile };
    for (const [engine, { run, processes, turn }] of Object.entries({ ours, ...(row.peers && peers) }))
      yield { row, engine, measured: await flood({ once: run, inFlight, ...times, watched: processes, turn }) };
  }
}

export async function* measureSingles(bench, only) {
  for (const [name, measure] of Object.entries(SINGLE))
    if (!only || only === name) yield { name, ...(await measure(bench)) };
}

/** The same work before and after a million finished executions were put into the tables. */
async function measureGrowth(bench) {
  const { product, workflows, stage, short, say, times } = bench;
  const measure = async () => {
    const rates = [];
    const used = [];
    for (let round = 0; round < 3; round++) {
      const once = () => product.runOverNats(workflows.noop);
      const { perSecond, cpu } = await flood({ once, inFlight: IN_FLIGHT, ...times, watched: stage.processes });
      rates.push(perSecond * STEPS);
      used.push((cpu.postgresql ?? 0) / STEPS);
    }
    return { rate: median(rates), cpu: median(used) };
  };
  const before = await measure();
  const rows = short ? 100_000 : 1_000_000;
  say(`growth: writing ${rows} finished executions ...`);
  await fillTables(stage.databaseUrl, rows);
  const after = await measure();
  return {
    what: `steps/s and CPU of PostgreSQL a step with ${rows} finished executions`,
    executions: rows,
    before: before.rate,
    after: after.rate,
    ratio: after.rate / before.rate,
    postgresqlBefore: before.cpu,
    postgresqlAfter: after.cpu,
  };
}

/** One run of the whole thing under one seed. */
import { check } from './check.mjs';
import { Faults } from './faults.mjs';
import { Load } from './load.mjs';
import { Observer } from './observe.mjs';
import { Sink } from './sink.mjs';
import { openStage, removeData } from './stage.mjs';

const SETTLE_MS = 60_000;
const LOOK_EVERY_MS = 500;

/**
 * @param plan `seed`, `inFlight`, `runs` and `faults` to reach, `forMs` at most; `folders`: other builds of services;
 * `kinds`: of faults, all when left out; `untilFound`: end as soon as something is wrong
 */
export async function runCampaign(plan, say) {
  const started = Date.now();
  const stage = await openStage({ folders: plan.folders, say });
  const sink = await Sink.open();
  let sound = false;
  const close = once(async () => {
    sink.close();
    await stage.close();
    if (sound) removeData(stage);
    else say(`Logs and data: ${stage.dir}`);
  });
  const interrupted = () => void close().then(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
  try {
    const result = await attack(stage, sink, plan, say);
    sound = result.sound || Boolean(plan.folders);
    return { ...result, seconds: Math.round((Date.now() - started) / 1000) };
  } finally {
    await close();
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
  }
}

async function attack(stage, sink, plan, say) {
  const load = new Load(stage, sink);
  await load.prepare();
  const observer = await Observer.open(stage, sink);
  const faults = new Faults(stage, plan, say);
  const began = Date.now();
  const watch = watchLive(sink, observer, plan);
  const enough = () =>
    watch.found ||
    (plan.forMs !== undefined && Date.now() - began > plan.forMs) ||
    (load.acknowledged >= plan.runs && faults.done.length >= plan.faults);
  const progress = setInterval(
    () => say(`${load.acknowledged} runs, ${load.open.size} open, ${faults.done.length} faults`),
    10_000,
  );
  const starting = load.run(plan.inFlight, enough);
  await faults.run(enough);
  for (const kept of stage.processes.values()) kept.start();
  const loadMs = Date.now() - began;
  const stuck = watch.found ? [] : await load.settle(plan.settleMs ?? SETTLE_MS);
  await load.stop();
  await starting;
  clearInterval(progress);
  watch.stop();
  observer.close();
  const context = { stage, load, sink, faults: faults.done, observer, stuck };
  const { found, resends } = watch.found ? { found: watch.found, resends: 0 } : await check(context);
  return summarize(plan, context, found, { resends, loadMs });
}

/** What can be told at once; for those who end at the first finding. */
function watchLive(sink, observer, { untilFound }) {
  const watch = { found: null, stop: () => clearInterval(timer) };
  const look = async () => {
    const repeated = [...sink.effects].filter(([, keys]) => keys.size > 1).map(([effect]) => effect);
    const staleCommits = (await observer.stale().catch(() => [])).map((row) => JSON.stringify(row));
    const { unrecorded, forgotten } = observer;
    const found = { lost: [], stuck: [], repeated, staleCommits, journal: [], unexplained: [], unrecorded, forgotten };
    if (Object.values(found).some((list) => list.length > 0)) watch.found ??= found;
  };
  const timer = setInterval(() => untilFound && void look(), LOOK_EVERY_MS);
  return watch;
}

function summarize(plan, { load, sink, faults, observer }, found, { resends, loadMs }) {
  const counts = Object.fromEntries(Object.entries(found).map(([kind, list]) => [kind, list.length]));
  return {
    sound: Object.values(counts).every((count) => count === 0),
    found,
    numbers: {
      runs: load.acknowledged,
      faults: faults.length,
      ...counts,
      resends,
      effects: sink.effects.size,
      requests: sink.requests,
      looks: observer.looks,
      retriedStarts: Object.fromEntries(load.refused),
      loadSeconds: Math.round(loadMs / 1000),
      seed: plan.seed,
    },
  };
}

function once(run) {
  let running;
  return () => (running ??= run());
}

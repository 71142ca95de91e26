import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { runCampaign } from './campaign.mjs';

const OPTIONS = {
  json: { type: 'boolean', default: false },
  short: { type: 'boolean', default: false },
  count: { type: 'boolean', default: false },
  mutants: { type: 'boolean', default: false },
  recovery: { type: 'boolean', default: false },
  triggers: { type: 'boolean', default: false },
  measure: { type: 'boolean', default: false },
  ticks: { type: 'string' },
  timers: { type: 'boolean', default: false },
  overload: { type: 'boolean', default: false },
  busy: { type: 'boolean', default: false },
  control: { type: 'boolean', default: false },
  runs: { type: 'string' },
  faults: { type: 'string' },
  seed: { type: 'string' },
  only: { type: 'string' },
};
/** What is measured instead of attacked, by option. */
const MEASURES = {
  recovery: async () => (await import('./recovery.mjs')).measureRecovery,
  timers: async () => (await import('./timers.mjs')).measureTimers,
  overload: async () => (await import('./overload.mjs')).measureOverload,
  busy: async () => (await import('./busy.mjs')).measureFalseTakeOvers,
};
const SHORT_MS = 75_000;
const SHOWN = 10;

/** Attacks and prints; the last line is one JSON object. Exit code 1 when something was found that must not be. */
export async function runChaos(args) {
  const { values } = parseArgs({ args, options: OPTIONS });
  const say = (line) => console.log(line);
  const seed = values.seed === undefined ? randomInt(2 ** 31) : number('seed', values.seed);
  if (values.mutants) {
    const { runMutants } = await import('./mutants.mjs');
    return tell(await runMutants(seed, values.only, say));
  }
  for (const [name, load] of Object.entries(MEASURES))
    if (values[name]) return tell(await (await load())(values.short, say));
  if (values.triggers && values.measure) {
    const { measureTriggers } = await import('./triggers-measure.mjs');
    return tell(await measureTriggers(values, say));
  }
  if (values.triggers) {
    const { attackTriggers } = await import('./triggers.mjs');
    const ticks = number('ticks', values.ticks ?? (values.short ? 2_000 : 20_000));
    const { found, numbers, sound, seconds } = await attackTriggers({ seed, ticks }, say);
    report(found, say);
    tell({ sound, ...numbers, seconds });
    return values.count && say(sound ? '1 passed, 0 failed' : '0 passed, 1 failed');
  }
  const runs = number('runs', values.runs ?? (values.short ? Infinity : 20_000));
  const faults = number('faults', values.faults ?? (runs === Infinity ? 0 : Math.ceil(runs * 0.015)));
  const plan = { seed, runs, faults, inFlight: 50, ...(values.short && { forMs: SHORT_MS }) };
  say(`Seed ${seed}`);
  const run = values.control ? (await import('./control.mjs')).runControl : runCampaign;
  const { sound, found, numbers, seconds } = await run(plan, say);
  report(found, say);
  if (!sound)
    say(
      `To see the same faults again: npm run chaos -- ${values.control ? '--control ' : ''}${values.short ? '--short ' : ''}--seed ${seed}`,
    );
  tell({ sound, ...numbers, seconds });
  // The form in which the checks of a merge are summed up.
  if (values.count) say(sound ? '1 passed, 0 failed' : '0 passed, 1 failed');
}

function tell(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
  if (!result.sound) process.exitCode = 1;
}

function report(found, say) {
  for (const [kind, list] of Object.entries(found)) {
    if (list.length === 0) continue;
    say(`${kind}: ${list.length}`);
    for (const line of list.slice(0, SHOWN)) say(`  ${line}`);
  }
}

function number(name, text) {
  const value = Number(text);
  if (!(value >= 0)) throw new Error(`--${name} takes a number, not '${text}'.`);
  return value;
}

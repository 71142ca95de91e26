import { register } from 'node:module';
import { readFileSync } from 'node:fs';

/**
 * node --conditions=@rpa/source test/simulator/main.mjs [--seeds 2000] [--from 1] [--seconds 40] | [--seed 7] | --mutants
 * Prints one JSON line; with --seed the history of that run.
 */
const option = (name, fallback) => {
  const index = process.argv.indexOf(`--${name}`);
  return index < 0 ? fallback : Number(process.argv[index + 1]);
};
const mutants = JSON.parse(readFileSync(new URL('./mutants.json', import.meta.url), 'utf8'));
register('./typescript-loader.mjs', import.meta.url, { data: { mutants } });
const { simulate } = await import('./simulate.ts');
const engine = '../../src/index.ts';

/** The first seed that fails, of those that the time allows. */
function search(subject, seeds, from, seconds) {
  const until = Date.now() + seconds * 1000;
  let seed = from;
  for (; seed < from + seeds && Date.now() < until; seed++) {
    try {
      simulate(subject, seed);
    } catch (error) {
      return { seeds: seed - from + 1, failed: seed, error: String(error), stack: error.stack };
    }
  }
  return { seeds: seed - from };
}

const seconds = option('seconds', 40);
if (process.argv.includes('--mutants')) {
  const results = [];
  for (const [index, { name }] of mutants.entries()) {
    const subject = await import(`${engine}?mutant=${index}`);
    const { failed, error, seeds } = search(subject, option('seeds', 2000), 1, seconds);
    results.push({ name, found: failed !== undefined, seed: failed, seeds, error });
  }
  console.log(JSON.stringify(results));
} else if (option('seed') !== undefined) {
  let history;
  try {
    history = simulate(await import(engine), option('seed'));
  } catch (error) {
    history = error;
  }
  console.log(JSON.stringify(history.definition ?? history.plan.definition, null, 1));
  for (const record of history.journal) console.log(JSON.stringify(record));
  if (history instanceof Error) console.log(history.stack);
} else {
  console.log(JSON.stringify(search(await import(engine), option('seeds', 2000), option('from', 1), seconds)));
}

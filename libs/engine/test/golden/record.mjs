import { existsSync, writeFileSync } from 'node:fs';
import { register } from 'node:module';

/**
 * node --conditions=@rpa/source test/golden/record.mjs <name> <seed>
 * Keeps the history of a simulated run in golden/. A history is never written again: it stands for journals that exist.
 */
register('../simulator/typescript-loader.mjs', import.meta.url, { data: { mutants: [] } });
const engine = await import('../../src/index.ts');
const { simulate } = await import('../simulator/simulate.ts');

const [name, seed] = process.argv.slice(2);
const file = new URL(`../../golden/${name}.json`, import.meta.url);
if (existsSync(file)) throw new Error(`golden/${name}.json exists; histories are kept as they are`);
const { plan, journal, state } = simulate(engine, Number(seed));
const golden = {
  definition: plan.definition,
  status: state.status,
  progress: state.progress,
  steps: engine.projectSteps(journal, { plan }),
  snapshot: engine.snapshotState(state),
  journal,
};
const lines = Object.entries(golden).map(([key, value]) => {
  const text =
    key === 'journal'
      ? `[\n${value.map((record) => `    ${JSON.stringify(record)}`).join(',\n')}\n  ]`
      : JSON.stringify(value);
  return `  ${JSON.stringify(key)}: ${text}`;
});
writeFileSync(file, `{\n${lines.join(',\n')}\n}\n`);

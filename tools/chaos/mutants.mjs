/** Does chaos find anything? The same attack on builds with one planted bug each; every one must be found. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../setup.mjs';
import { runCampaign } from './campaign.mjs';

const ATTACK_MS = 60_000;
const SETTLE_MS = 30_000;

/** `edits` of a file in `dist`: each text must be there exactly once. `kinds`: faults that go for it; all when left out. */
const MUTANTS = [
  {
    name: 'the fence is dropped: whoever writes is believed to hold the lease',
    project: 'executions',
    file: 'commit/commit-statement.js',
    kinds: ['silence', 'stop'],
    edits: [
      [
        'SELECT id FROM executions.leases WHERE id = $1::bigint AND expires_at > clock_timestamp() FOR KEY SHARE',
        'SELECT $1::bigint AS id',
      ],
    ],
  },
  {
    name: 'steps are dispatched before the commit',
    project: 'executions',
    file: 'runs/run-host.js',
    edits: [
      [
        'const committed = await this.commits.append(run.lane, append);\n        this.afterCommit(run, append, committed, stimuli,',
        `for (const effect of effects) this.listener.perform(run, effect);
        effects.splice(0, effects.length, ...effects.filter((effect) => effect.type === 'end'));
        const committed = await this.commits.append(run.lane, append);
        this.afterCommit(run, append, committed, stimuli,`,
      ],
    ],
  },
  {
    name: 'results are acknowledged before the commit',
    project: 'executions',
    file: 'dispatch/dispatcher.js',
    edits: [
      [
        'settled: () => this.parts.acknowledgements.add(worker, answered),',
        'settled: this.parts.acknowledgements.add(worker, answered),',
      ],
    ],
  },
  {
    name: 'a start is answered before the commit',
    project: 'executions',
    file: 'start/start-run.js',
    kinds: ['silence-then-kill', 'kill', 'kill-both'],
    edits: [
      [
        'const { duplicate } = await this.parts.host.start(run, transition, row);',
        'void this.parts.host.start(run, transition, row).catch(() => undefined); const duplicate = false;',
      ],
    ],
  },
  {
    name: 'a commit of unknown outcome is taken for written',
    project: 'executions',
    file: 'commit/commit-lane.js',
    kinds: ['kill-postgres', 'cut-all', 'cut'],
    edits: [['const done = batch.filter(({ append }) => written.has(append.executionId));', 'const done = batch;']],
  },
  {
    name: 'the idempotency key changes with every delivery',
    project: 'executions',
    file: 'dispatch/build-task.js',
    kinds: ['kill', 'stop'],
    edits: [['idempotencyKey: effect.idempotencyKey,', 'idempotencyKey: `${effect.idempotencyKey}:${ref.delivery}`,']],
  },
];

export async function runMutants(seed, only, say) {
  const wanted = MUTANTS.filter(({ name }) => !only || name.includes(only));
  if (wanted.length === 0) throw new Error(`--only fits none of: ${MUTANTS.map(({ name }) => name).join('; ')}.`);
  const mutants = [];
  for (const mutant of wanted) {
    say(`Planted: ${mutant.name}`);
    const folder = plant(mutant);
    try {
      const plan = { seed, runs: Infinity, faults: 0, inFlight: 50, forMs: ATTACK_MS, settleMs: SETTLE_MS };
      const attack = { ...plan, untilFound: true, kinds: mutant.kinds, folders: { [mutant.project]: folder } };
      const { found, numbers, seconds } = await runCampaign(attack, () => undefined);
      const by = Object.fromEntries(
        Object.entries(found).flatMap(([kind, { length }]) => (length ? [[kind, length]] : [])),
      );
      const isFound = Object.keys(by).length > 0;
      say(isFound ? `  found after ${numbers.faults} faults: ${JSON.stringify(by)}` : '  NOT FOUND');
      mutants.push({ name: mutant.name, found: isFound, by, faults: numbers.faults, runs: numbers.runs, seconds });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { sound: mutants.every((mutant) => mutant.found), seed, mutants };
}

/** A copy of what was built, with the bug in it; the packages are found as from the original. */
function plant({ project, file, edits }) {
  const source = join(root, 'apps', project);
  const parent = join(root, '.data', 'chaos');
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, 'mutant-'));
  for (const part of ['dist', 'package.json']) cpSync(join(source, part), join(folder, part), { recursive: true });
  const modules = join(source, 'node_modules');
  if (existsSync(modules)) symlinkSync(modules, join(folder, 'node_modules'));
  const path = join(folder, 'dist', file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of edits) {
    if (text.split(from).length !== 2) throw new Error(`${project}/${file} holds this not exactly once: ${from}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(path, text);
  return folder;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { scope as makeScope } from '../test/differential/generate-data.js';
import { Generator } from '../test/differential/generate-expression.js';
import { Choices } from '../test/differential/random.js';
import { ExpressionError, compileExpression } from './index.js';

/** How many accepted cases are compared, and from which seed on; `npm run test:differential` takes 200,000. */
const CASES = Number(process.env['EXPRESSIONS_CASES'] ?? 20_000);
const SEED = Number(process.env['EXPRESSIONS_SEED'] ?? 1);
const CASES_PER_ROUND = 5_000;
const MAX_SHOWN = 20;

const RUNNER = join(import.meta.dirname, '../test/differential/run-in-v8.mjs');
/** What the language refuses is outside of the comparison; what it accepts must mean what it means in JavaScript. */
const REFUSALS: readonly string[] = ['forbidden', 'unknown_name', 'budget_exceeded', 'limit_exceeded', 'syntax_error'];

interface Case {
  seed: number;
  source: string;
  scope: string;
  ours: { value?: string; thrown?: string };
}

function makeCase(seed: number): Case | undefined {
  const choices = new Choices(seed);
  const scope = JSON.stringify(makeScope(choices));
  const source = new Generator(choices).any();
  try {
    const compiled = compileExpression(source, { now: 0 });
    const data = JSON.parse(scope) as Record<string, unknown>;
    const value = JSON.stringify(compiled.evaluate(data));
    if (JSON.stringify(data) !== scope) return { seed, source, scope, ours: { thrown: 'The scope was changed.' } };
    return { seed, source, scope, ours: { value } };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return REFUSALS.includes(error.code) ? undefined : { seed, source, scope, ours: { thrown: error.message } };
  }
}

function inV8(cases: Case[], folder: string): { value?: string; thrown?: string }[] {
  const file = join(folder, `round-${cases[0]?.seed}.mjs`);
  const names = Object.keys(JSON.parse(cases[0]?.scope ?? '{}') as object).join(', ');
  const lines = cases.map(({ source, scope }) => `[({ ${names} }) => (${source}), ${JSON.stringify(scope)}],`);
  writeFileSync(file, `export const cases = [\n${lines.join('\n')}\n];\n`);
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'en_US.UTF-8' };
  execFileSync('node', [RUNNER, file], { env, timeout: 120_000 });
  return JSON.parse(readFileSync(`${file}.json`, 'utf8')) as { value?: string; thrown?: string }[];
}

function differs({ ours }: Case, theirs: { value?: string; thrown?: string }): boolean {
  return (ours.thrown === undefined) !== (theirs.thrown === undefined) || ours.value !== theirs.value;
}

describe('the same meaning as V8', () => {
  it(`holds for ${CASES} accepted expressions from seed ${SEED} on`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'expressions-v8-'));
    const differences: string[] = [];
    let compared = 0;
    let thrown = 0;
    try {
      for (let seed = SEED * 1_000_003; compared < CASES && differences.length < MAX_SHOWN;) {
        const cases: Case[] = [];
        for (; cases.length < Math.min(CASES_PER_ROUND, CASES - compared); seed++) {
          const made = makeCase(seed);
          if (made !== undefined) cases.push(made);
        }
        inV8(cases, folder).forEach((theirs, index) => {
          const ours = cases[index] as Case;
          if (theirs.thrown !== undefined) thrown++;
          if (differs(ours, theirs)) differences.push(JSON.stringify({ theirs, ...ours }));
        });
        compared += cases.length;
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    expect(differences.slice(0, MAX_SHOWN)).toEqual([]);
    expect(compared).toBeGreaterThanOrEqual(CASES);
    // A generator whose expressions nearly all throw, or never do, would compare little.
    expect(thrown / compared).toBeGreaterThan(0.02);
    expect(thrown / compared).toBeLessThan(0.6);
  }, 1_800_000);
});

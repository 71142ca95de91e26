import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { transpileSources } from '../test/transpile-sources.js';
import { compileExpression } from './index.js';

const CORPORA = join(import.meta.dirname, '../test/corpora');
const RUNNER = join(import.meta.dirname, '../test/attacks/run-attacks.mjs');
const [scopeLine = '', ...controls] = readFileSync(join(CORPORA, 'expression-controls.tsv'), 'utf8').trim().split('\n');
const json = JSON.stringify(JSON.parse(scopeLine.replace(/^# \$json = /, '')));
const attacks = readFileSync(join(CORPORA, 'expression-attacks.txt'), 'utf8').replace(/\n$/, '').split('\n');

/** Attacks whose value is as harmless as their text; every other line must be refused. */
const HARMLESS: Record<string, string> = {
  'JSON.parse(\'{"__proto__":{"polluted":1}}\')': '{"__proto__":{"polluted":1}}',
  'Object.assign({},JSON.parse(\'{"__proto__":{"polluted":1}}\')).polluted': 'null',
  "/(x+x+)+y/.test('x'.repeat(40))": 'false',
  "/^(a|aa)+$/.test('a'.repeat(60)+'b')": 'false',
  "/(.*a){20}b/.test('a'.repeat(60))": 'false',
  '`+globalThis.process.version+`': '"+globalThis.process.version+"',
  "new Date('+275760-09-13T00:00:00.001Z').toLocaleString('xx-invalid')": '"Invalid Date"',
  [String.raw`/^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}(([a-z]{2,3})|([a-z]{2,3}[.]{1}[a-z]{2,3}))$/.test('a'.repeat(60)+'!')`]:
    'false',
  '-0': '0',
  '1/0': 'null',
  'void 0': 'null',
};

interface Report {
  index: number;
  outcome: 'value' | 'refused' | 'escaped';
  code?: string;
  message?: string;
  ms: number;
  bytes: number;
  plain: boolean;
  value?: string;
  pwned: boolean;
  scopeChanged: boolean;
}

describe('attacks', () => {
  let reports: Report[] = [];
  let built: ReturnType<typeof transpileSources>;

  beforeAll(() => {
    built = transpileSources();
    const file = join(CORPORA, 'expression-attacks.txt');
    const options = { encoding: 'utf8', timeout: 60_000, maxBuffer: 64 * 1024 * 1024 } as const;
    const output = execFileSync(
      'node',
      ['--expose-gc', '--max-old-space-size=128', RUNNER, built.entry, file, json],
      options,
    );
    reports = output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Report);
  }, 90_000);

  afterAll(() => built.remove());

  it('leaves the process alive through every line', () => {
    expect(reports.map(({ index }) => index)).toEqual(attacks.map((_line, index) => index));
  });

  it.each(attacks.map((line, index) => [index, line.slice(0, 80), line] as const))('%i: %s', (index, _shown, line) => {
    const report = reports[index];
    expect(report).toMatchObject({ plain: true, pwned: false, scopeChanged: false });
    expect(report?.ms).toBeLessThanOrEqual(50);
    expect(report?.bytes).toBeLessThanOrEqual(16 * 1024 * 1024);
    if (report?.outcome === 'value') expect([line, report.value]).toEqual([line, HARMLESS[line]]);
    else expect(report).toMatchObject({ outcome: 'refused', code: expect.any(String) });
  });
});

describe('controls', () => {
  it.each(controls.map((line) => line.split('\t') as [string, string]))('%s gives %s', (source, expected) => {
    expect(compileExpression(source).evaluate({ $json: JSON.parse(json) as unknown })).toEqual(JSON.parse(expected));
  });
});

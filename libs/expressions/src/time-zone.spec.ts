import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TranspiledSources } from '../test/transpile-sources.js';
import { transpileSources } from '../test/transpile-sources.js';

const SOURCES = [
  "new Date('2026-03-29T02:30:00')",
  "new Date('March 29, 2026 02:30')",
  'new Date(2026, 2, 29, 2, 30)',
  "new Date('2026-03-29')",
  "new Date('29 Mar 2026 02:30 EST')",
  "new Date('2026/03/29')",
  '`${new Date(0)}`',
  'new Date(0).getHours()',
  'new Date(0).toLocaleString()',
  'new Date(0).toLocaleDateString("de")',
  "Date.parse('2026-03-29T02:30')",
  '(1234.5).toLocaleString()',
  "'ä'.localeCompare('z')",
  "formatDate('2026-03-29T02:30:00', 'yyyy-MM-dd HH:mm XXX', 'Asia/Kolkata')",
  "'I'.toLocaleLowerCase()",
  "startOf('2026-03-29 10:00', 'day')",
  'new Date(0).toString()',
  'new Date(0).getTimezoneOffset()',
  '(d => d.setHours(5) && d)(new Date(0))',
  "['b', 'a', 'Z', 'ä'].sort()",
];

describe('the time zone and language of the host', () => {
  let sources: TranspiledSources;
  beforeAll(() => {
    sources = transpileSources();
  });
  afterAll(() => sources.remove());

  function valuesIn(zone: string, language: string): string {
    const script = `
      import { compileExpression } from ${JSON.stringify(sources.entry)};
      console.log(JSON.stringify(${JSON.stringify(SOURCES)}.map((source) => [source, compileExpression(source).evaluate({})])));`;
    const env = { ...process.env, TZ: zone, LC_ALL: language, LANG: language };
    return execFileSync('node', ['--input-type=module', '-e', script], { encoding: 'utf8', env });
  }

  it('change nothing', () => {
    const values = valuesIn('UTC', 'en_US.UTF-8');
    expect(values).toContain('2026-03-29T02:30:00.000Z');
    expect(values).toContain('2026-03-29T07:30:00.000Z');
    for (const [zone, language] of [
      ['America/New_York', 'tr_TR.UTF-8'],
      ['Europe/Berlin', 'de_DE.UTF-8'],
      ['Pacific/Apia', 'C'],
    ] as const) {
      expect(valuesIn(zone, language)).toBe(values);
    }
  });
});

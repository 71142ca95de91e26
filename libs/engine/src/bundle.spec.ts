import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

/** What the browser downloads for checking and simulating workflows, expressions and step schemas included. */
const MAX_GZIP_BYTES = 125_000;
const BUNDLE = join(import.meta.dirname, '..', 'test', 'bundle.mjs');

/** Takes from the process what a browser does not have, then loads the bundle and validates with it. */
const RUNNER = `
const write = process.stdout.write.bind(process.stdout);
const names = ['process', 'Buffer', 'global', 'setImmediate', 'clearImmediate', 'require', 'module'];
for (const name of names) delete globalThis[name];
const { validateDefinition } = await import('./engine.js');
const step = { id: 'one', type: 'transform', config: { value: '{{ inputs.n * 2 }}' } };
const good = validateDefinition({ format: 1, steps: [step] }, { stepTypes: [] });
const bad = validateDefinition({ format: 1, steps: [{ ...step, next: ['gone'] }] }, { stepTypes: [] });
write(JSON.stringify({ missing: names.every((name) => typeof globalThis[name] === 'undefined'), good, bad }));
`;

describe('the engine in a browser', () => {
  const folder = mkdtempSync(join(tmpdir(), 'engine-bundle-'));
  let code = '';

  beforeAll(() => {
    execFileSync(process.execPath, [BUNDLE, folder], { stdio: 'pipe' });
    code = readFileSync(join(folder, 'engine.js'), 'utf8');
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'run.js'), RUNNER);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is one file without an import that a browser could not resolve', () => {
    expect(code).not.toMatch(/from\s*["']node:|require\(|import\(/);
  });

  it(`takes at most ${MAX_GZIP_BYTES} bytes`, () => {
    const bytes = gzipSync(code, { level: 9 }).length;
    expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
    expect(bytes).toBeGreaterThan(MAX_GZIP_BYTES / 10);
  });

  it('validates without anything that only Node has', () => {
    const answer = JSON.parse(execFileSync(process.execPath, [join(folder, 'run.js')], { encoding: 'utf8' })) as {
      missing: boolean;
      good: { valid: boolean };
      bad: { valid: boolean; errors: { path: string; code: string }[] };
    };
    expect(answer.missing).toBe(true);
    expect(answer.good).toMatchObject({ valid: true });
    expect(answer.bad).toMatchObject({ valid: false });
    expect(answer.bad.errors[0]?.path).toBe('steps[0].next[0]');
  });
});

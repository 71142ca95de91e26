import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { PlantedHole, TranspiledSources } from '../test/transpile-sources.js';
import { transpileSources } from '../test/transpile-sources.js';

const ATTACKS = join(import.meta.dirname, '../test/attacks');
const holes = JSON.parse(readFileSync(join(ATTACKS, 'holes.json'), 'utf8')) as PlantedHole[];
const TIMEOUT_MS = 2_500;

/** What the probes find: the first one with another outcome than it must have, or how the process died. */
function probe(entry: string): string {
  const parameters = ['--max-old-space-size=96', join(ATTACKS, 'run-probes.mjs'), entry, join(ATTACKS, 'probes.tsv')];
  const { stdout, status, signal } = spawnSync('node', parameters, { encoding: 'utf8', timeout: TIMEOUT_MS });
  return status === 0 ? stdout.trim() : `The process ended with ${signal ?? status}.`;
}

describe('a library without one of its defences', () => {
  let sources: TranspiledSources;
  beforeAll(() => {
    sources = transpileSources();
  });
  afterAll(() => sources.remove());

  it('is not what we have: every probe has the outcome that it must have', () => {
    expect(probe(sources.entry)).toBe('');
  });

  it.each(holes.map((hole) => [hole.name, hole] as const))(
    'is found out: %s',
    (_name, hole) => {
      expect(sources.withHole(hole, () => probe(sources.entry))).not.toBe('');
    },
    30_000,
  );
});

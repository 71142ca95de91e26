import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const PROJECT = join(import.meta.dirname, '..');

/** A change to one source, by its path below `src`, for a test that must fail when a defence is missing. */
export interface PlantedHole {
  file: string;
  from: string;
  to: string;
}

/**
 * Writes the sources as JavaScript where a child process can import them, inside the project so that its dependencies
 * resolve. Gives the entry point and a function that removes everything.
 */
export function transpileSources(hole?: PlantedHole): { entry: string; remove: () => void } {
  const cache = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const target = mkdtempSync(join(cache, 'expressions-'));
  const source = join(PROJECT, 'src');
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts') || file.endsWith('spec.ts')) continue;
    const path = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, transpile(plant(readFileSync(join(source, file), 'utf8'), file, hole)));
  }
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  return { entry: join(target, 'index.js'), remove: () => rmSync(target, { recursive: true, force: true }) };
}

function plant(text: string, file: string, hole: PlantedHole | undefined): string {
  if (hole?.file !== file) return text;
  if (!text.includes(hole.from)) throw new Error(`${file} has no text ${JSON.stringify(hole.from)} to replace.`);
  return text.replace(hole.from, () => hole.to);
}

function transpile(text: string): string {
  return transformSync(text, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  }).code;
}

import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

const PROJECT = join(import.meta.dirname, '..');

/** A change to one source, by its path below `src`, for a test that must fail when a defence is missing. */
export interface PlantedHole {
  /** What the library is without. */
  name: string;
  file: string;
  from: string;
  to: string;
}

export interface TranspiledSources {
  /** The library's entry point. */
  entry: string;
  /** Plants a hole, runs something, and takes the hole out again. */
  withHole<T>(hole: PlantedHole, run: () => T): T;
  remove(): void;
}

/** Writes the sources as JavaScript where a child process can import them, inside the project so that its dependencies resolve. */
export function transpileSources(): TranspiledSources {
  const cache = join(PROJECT, 'node_modules', '.cache');
  mkdirSync(cache, { recursive: true });
  const target = mkdtempSync(join(cache, 'expressions-'));
  const source = join(PROJECT, 'src');
  const write = (file: string, hole?: PlantedHole): void => {
    const path = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, transpile(plant(readFileSync(join(source, file), 'utf8'), file, hole)));
  };
  for (const file of readdirSync(source, { recursive: true, encoding: 'utf8' })) {
    if (file.endsWith('.ts') && !file.endsWith('spec.ts')) write(file);
  }
  writeFileSync(join(target, 'package.json'), '{"type":"module"}');
  return {
    entry: join(target, 'index.js'),
    withHole(hole, run) {
      write(hole.file, hole);
      try {
        return run();
      } finally {
        write(hole.file);
      }
    },
    remove: () => rmSync(target, { recursive: true, force: true }),
  };
}

function plant(text: string, file: string, hole: PlantedHole | undefined): string {
  if (hole?.file !== file) return text;
  if (text.split(hole.from).length !== 2)
    throw new Error(`${file} does not have ${JSON.stringify(hole.from)} just once.`);
  return text.replace(hole.from, () => hole.to);
}

function transpile(text: string): string {
  return transformSync(text, {
    swcrc: false,
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' }, keepClassNames: true },
  }).code;
}

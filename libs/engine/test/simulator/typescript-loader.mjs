import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

/**
 * Loader hooks that run the sources as they are. A module asked for with `?mutant=<n>` has one passage of one file
 * replaced, and everything that it imports of the engine is loaded anew with the same query.
 */
let mutants = [];
const ENGINE = new URL('../../src/', import.meta.url).href;

export function initialize(data) {
  mutants = data.mutants;
}

export async function resolve(specifier, context, next) {
  const query = new URL(context.parentURL ?? 'file:///').search;
  const source = specifier.startsWith('.') && specifier.endsWith('.js') ? specifier.replace(/\.js$/, '.ts') : specifier;
  const relative = source.startsWith('.') ? new URL(source, context.parentURL) : undefined;
  if (relative && existsSync(fileURLToPath(relative))) {
    if (relative.href.startsWith(ENGINE) && query) relative.search = query;
    return { url: relative.href, format: 'module', shortCircuit: true };
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  const location = new URL(url);
  if (!location.pathname.endsWith('.ts')) return next(url, context);
  const path = fileURLToPath(url.split('?')[0]);
  const { code } = transformSync(mutated(readFileSync(path, 'utf8'), location, path), {
    swcrc: false,
    filename: path,
    sourceMaps: 'inline',
    module: { type: 'es6' },
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  });
  return { format: 'module', source: code, shortCircuit: true };
}

function mutated(source, location, path) {
  const mutant = mutants[Number(location.searchParams.get('mutant') ?? -1)];
  if (!mutant || !path.endsWith(`/src/${mutant.file}`)) return source;
  const parts = source.split(mutant.find);
  if (parts.length !== 2)
    throw new Error(`Mutant "${mutant.name}": its passage stands ${parts.length - 1} times in ${mutant.file}`);
  return parts.join(mutant.replace);
}

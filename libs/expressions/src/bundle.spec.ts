import { createRequire } from 'node:module';
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { transformSync } from '@swc/core';

/** Of everything; a bundler, which leaves out what is unused, comes out lower still. */
const MAX_GZIP_BYTES = 60_000;
const SOURCE = import.meta.dirname;
const require = createRequire(import.meta.url);
const sources = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('spec.ts'))
  .map((file) => join(SOURCE, file));

/** Every module that a browser loads, whether or not all of it is used. */
function modules(): string[] {
  const hashes = dirname(require.resolve('@noble/hashes/sha2.js'));
  const names = ['_md.js', '_u64.js', 'hmac.js', 'legacy.js', 'sha2.js', 'utils.js'];
  return [...sources, ...names.map((name) => join(hashes, name))];
}

function minified(file: string): string {
  return transformSync(readFileSync(file, 'utf8'), {
    swcrc: false,
    minify: true,
    module: { type: 'es6' },
    jsc: {
      target: 'es2022',
      parser: file.endsWith('.ts') ? { syntax: 'typescript' } : { syntax: 'ecmascript' },
      minify: { compress: true, mangle: { topLevel: true }, format: { comments: false } },
    },
  }).code;
}

describe('the package', () => {
  it(`takes at most ${MAX_GZIP_BYTES} bytes in a browser, before anything unused is left out`, () => {
    const bytes = gzipSync(modules().map(minified).join('\n'), { level: 9 }).length;
    expect(bytes).toBeLessThanOrEqual(MAX_GZIP_BYTES);
    expect(bytes).toBeGreaterThan(MAX_GZIP_BYTES / 4);
  });

  it('imports nothing but its dependencies and itself', () => {
    for (const file of sources) {
      for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(/from '([^']+)'/g)) {
        expect([file, from]).toEqual([file, expect.stringMatching(/^(\.\.?\/|@noble\/hashes\/)/)]);
      }
    }
  });

  it('has no way of running text as JavaScript, and reads no host state', () => {
    for (const file of sources) {
      const code = readFileSync(file, 'utf8').replace(
        /\/\*[\s\S]*?\*\/|\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g,
        '',
      );
      expect([
        file,
        code.match(
          /\beval\b|\bFunction\s*\(|\bimport\s*\(|\brequire\b|\bprocess\b|\bsetTimeout\b|\bsetInterval\b|['"]node:/g,
        ),
      ]).toEqual([file, null]);
    }
  });
});

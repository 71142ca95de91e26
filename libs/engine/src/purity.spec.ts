import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const SOURCES = fileURLToPath(new URL('.', import.meta.url));
const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'),
);
const ALLOWED = new Set(['@rpa/contracts', '@rpa/expressions', 'typebox']);

it.each(files)('%s has no clock, no chance, no I/O and generates no code', (name) => {
  const source = readFileSync(join(SOURCES, name), 'utf8');
  for (const [, from = ''] of source.matchAll(/from '([^']+)'/g)) {
    expect(from.startsWith('.') || ALLOWED.has(from)).toBe(true);
  }
  // Values of the contracts would bring class-validator into the browser: only types come from there.
  for (const [line] of source.matchAll(/^import .*'@rpa\/contracts';$/gm)) expect(line).toMatch(/^import type /);
  expect(source).not.toMatch(
    /Date\.now|new Date\(\)|Math\.random|performance\.now|setTimeout|new Function|\beval\(|process\./,
  );
});

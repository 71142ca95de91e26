import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import {
  CORE_FUNCTIONS,
  ExpressionError,
  FUNCTION_GROUPS,
  METHODS,
  NAMESPACE_TABLES,
  compileExpression,
  resolveTemplate,
} from './index.js';
import type { FunctionEntry } from './index.js';

const GUIDE = join(import.meta.dirname, '../../../docs/guides/expressions.md');
const guide = readFileSync(GUIDE, 'utf8');
const fences = [...guide.matchAll(/^```(\w+)( scope)?\n([\s\S]*?)^```$/gm)].map(([, kind = '', , text = '']) => ({
  kind,
  text,
}));
const scope = JSON.parse(fences.find(({ kind }) => kind === 'json')?.text ?? '') as Record<string, unknown>;

/** The examples of one kind: what stands before a separator and behind it. */
const lines = (kind: string, separator: string): [string, string][] =>
  fences
    .filter((fence) => fence.kind === kind)
    .flatMap(({ text }) => text.trim().split('\n'))
    .filter((line) => line.includes(separator))
    .map((line) => {
      const at = line.lastIndexOf(separator);
      return [line.slice(0, at).trim(), line.slice(at + separator.length).trim()];
    });

function codeOf(source: string): string {
  try {
    compileExpression(source).evaluate(scope);
  } catch (error) {
    if (error instanceof ExpressionError) return error.code;
    throw error;
  }
  return 'no error';
}

const inTable = (text: string): string => text.replaceAll('|', '\\|');

function exampleOf({ examples }: FunctionEntry): string {
  return examples
    .map(([source, result]) => `\`${inTable(source)}\` gives \`${inTable(JSON.stringify(result))}\``)
    .join('; ');
}

function reference(): string {
  const parts: string[] = [];
  for (const [group, table] of Object.entries({ ...FUNCTION_GROUPS, "JavaScript's own": CORE_FUNCTIONS })) {
    parts.push(`### ${group}`, '', '| function | what it gives | example |', '| --- | --- | --- |');
    for (const entry of Object.values<FunctionEntry>(table)) {
      parts.push(`| \`${inTable(entry.signature)}\` | ${inTable(entry.description)} | ${exampleOf(entry)} |`);
    }
    parts.push('');
  }
  parts.push('### Namespaces and methods', '', '| of | members |', '| --- | --- |');
  const names = (table: object): string =>
    Object.keys(table)
      .map((name) => `\`${name}\``)
      .join(' ');
  for (const [name, table] of Object.entries(NAMESPACE_TABLES)) parts.push(`| \`${name}\` | ${names(table)} |`);
  for (const [owner, table] of Object.entries(METHODS)) parts.push(`| ${owner} values | ${names(table)} |`);
  return parts.join('\n');
}

const START = '<!-- functions -->\n<!-- prettier-ignore-start -->\n\n';
const END = '\n\n<!-- prettier-ignore-end -->\n<!-- /functions -->';

describe('the guide', () => {
  it.each(lines('expression', '// => '))('%s // => %s', (source, result) => {
    expect(JSON.stringify(compileExpression(source).evaluate(scope))).toBe(JSON.stringify(JSON.parse(result)));
  });

  it.each(lines('expression', '// error: '))('%s // error: %s', (source, code) => {
    expect(codeOf(source)).toBe(code);
  });

  it.each(lines('template', ' => '))('%s => %s', (template, result) => {
    expect(resolveTemplate(JSON.parse(template), scope)).toStrictEqual(JSON.parse(result));
  });

  it('has many of each', () => {
    expect(lines('expression', '// => ').length).toBeGreaterThan(30);
    expect(lines('expression', '// error: ').length).toBeGreaterThan(5);
    expect(lines('template', ' => ').length).toBeGreaterThan(5);
  });

  it('lists every function, namespace and method (UPDATE_GUIDE=1 writes the list)', () => {
    const [before = '', rest = ''] = guide.split(START);
    const [listed, after = ''] = rest.split(END);
    if (process.env['UPDATE_GUIDE'] === '1') writeFileSync(GUIDE, before + START + reference() + END + after);
    else expect(listed).toBe(reference());
  });
});

import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ExpressionError, compileExpression } from '../index.js';
import { NODE_TYPES } from './node-types.js';

const parserSource = readFileSync(createRequire(import.meta.url).resolve('acorn'), 'utf8');
const finished = [...parserSource.matchAll(/finishNode(?:At)?\(([^;]*)/g)].map(([, rest = '']) => rest);
const produced = new Set(finished.flatMap((rest) => [...rest.matchAll(/"([A-Z]\w+)"/g)].map(([, type = '']) => type)));

/** One expression with each refused node that can stand inside an expression. */
const REFUSED: Record<string, string> = {
  AssignmentExpression: 'a = 1',
  BlockStatement: '(() => { 1 })()',
  ClassExpression: '(class {})',
  FunctionExpression: '(function () {})',
  ImportExpression: 'import("fs")',
  MetaProperty: '(() => import.meta)()',
  SequenceExpression: '(1, 2)',
  TaggedTemplateExpression: 'a`b`',
  ThisExpression: 'this',
  UpdateExpression: 'a++',
};

describe('the table of node types', () => {
  it('decides every node that a parser of JavaScript can produce', () => {
    expect(produced.size).toBeGreaterThan(60);
    expect([...produced].filter((type) => !Object.hasOwn(NODE_TYPES, type))).toEqual([]);
  });

  it('decides nothing else', () => {
    expect(Object.keys(NODE_TYPES).filter((type) => !produced.has(type))).toEqual([]);
  });

  it.each(Object.entries(REFUSED))('%s is refused with its own words: %s', (type, source) => {
    const decision = NODE_TYPES[type as keyof typeof NODE_TYPES];
    expect(() => compileExpression(source)).toThrow(ExpressionError);
    expect(() => compileExpression(source)).toThrow(decision === 'accepted' ? 'never' : decision.refused);
  });

  it.each([
    'a instanceof b',
    'delete a.b',
    '10n',
    '[1,,2]',
    '({ get a() { return 1 } })',
    '({ a() {} })',
    'async x => x',
  ])('%s is refused', (source) => {
    expect(() => compileExpression(source)).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/forbidden|syntax/) }) as never,
    );
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { sourceText } from '../../test/differential/generate-source.js';
import { parseWithAcorn } from '../../test/differential/parse-with-acorn.js';
import { Choices } from '../../test/differential/random.js';
import { Fault } from '../expression.errors.js';
import { parseExpression } from './parse-expression.js';

const CASES = Number(process.env['EXPRESSIONS_SOURCES'] ?? 8_000);
const SEED = Number(process.env['EXPRESSIONS_SEED'] ?? 1);
const MAX_SHOWN = 10;

function parseOurs(source: string): unknown {
  try {
    return parseExpression(source);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    expect(error.offset).toBeGreaterThanOrEqual(0);
    expect(error.offset).toBeLessThanOrEqual(source.length);
    return undefined;
  }
}

/** Sources that the two parsers do not read alike. */
function differences(sources: Iterable<string>): string[] {
  const found: string[] = [];
  for (const source of sources) {
    const ours = parseOurs(source);
    const theirs = parseWithAcorn(source);
    if (isDeepStrictEqual(ours, theirs) || found.length >= MAX_SHOWN) continue;
    found.push(JSON.stringify({ source, ours, theirs }));
  }
  return found;
}

describe('the parser', () => {
  it(`accepts what acorn accepts, and sees the same tree, in ${CASES} texts from seed ${SEED} on`, () => {
    let accepted = 0;
    const sources = function* (): Generator<string> {
      for (let seed = SEED * 1_000_003; seed < SEED * 1_000_003 + CASES; seed++) {
        const source = sourceText(new Choices(seed));
        if (parseOurs(source) !== undefined) accepted++;
        yield source;
      }
    };
    expect(differences(sources())).toEqual([]);
    expect(accepted).toBeGreaterThan(CASES / 5);
    expect(accepted).toBeLessThan((CASES * 4) / 5);
  }, 600_000);

  it.each(['expression-attacks.txt', 'expression-controls.tsv'])('reads %s as acorn does', (file) => {
    const lines = readFileSync(join(import.meta.dirname, '../../test/corpora', file), 'utf8').split('\n');
    const sources = lines.map((line) => line.split('\t')[0] ?? '').filter((source) => source.length < 1_000);
    expect(sources.length).toBeGreaterThan(20);
    expect(differences(sources)).toEqual([]);
  });

  it.each([
    ["'a\\\r\nb\\\u2028c'", 'abc'],
    ["'\\x41\\u0042\\u{43}\\0\\q'", 'ABC\0q'],
    ['`a\r\nb\\`\\${`', 'a\nb`${'],
    ['1_000.5e-1_0', 1000.5e-10],
    ['0b101', 5],
    ['0O17', 15],
    ['.5', 0.5],
  ])('reads the literal %j', (source, value) => {
    const node = parseExpression(source);
    expect(node.type === 'TemplateLiteral' ? node.quasis[0]?.cooked : node.type === 'Literal' && node.value).toBe(
      value,
    );
  });

  it.each([
    ['a +', 'Unexpected end of the expression.', 3],
    ['a b', "Unexpected 'b' after the end of the expression.", 2],
    ['(a, b)', 'The comma operator is not available; write one expression.', 1],
    ['1 + (b = 2)', 'An expression cannot assign; use == or === to compare.', 5],
    ['[{ a = 1 }]', 'A default value stands only in a parameter; write name: value.', 7],
    ['x => { return 1 }', 'A function body must be one expression: write x => x + 1, without braces and return.', 5],
    ['if (a) b', 'Use the conditional operator: condition ? a : b.', 0],
    ['a || b ?? c', '?? cannot be mixed with || or && without parentheses: write (a ?? b) || c.', 7],
    ['-a ** 2', 'The left side of ** needs parentheses here: write (-a) ** b.', 3],
    ['(a, a) => 1', "There are two parameters 'a'.", 4],
    ['(a.b) => 1', 'A parameter must be a name or a pattern of names.', 1],
    ["'abc", 'Unterminated string constant.', 0],
    ["'\\u12'", 'Bad character escape sequence.', 1],
    ['1 + `a', 'Unterminated template.', 5],
    ['a /* b', 'Unterminated comment.', 2],
    ['/a', 'Unterminated regular expression.', 0],
    ['/a(/', 'Invalid regular expression: /a(/: Unterminated group.', 0],
    ['3in x', 'Invalid number, or a name directly after it.', 0],
    ['12n', 'BigInt is not available; numbers are doubles.', 0],
    ['new Date?.(1)', "Unexpected '?.'.", 8],
    ['a + #b', "Unexpected '#'.", 4],
  ])('says what is wrong with %s, and where', (source, message, offset) => {
    expect(() => parseExpression(source)).toThrow(expect.objectContaining({ message, offset }) as never);
  });

  it.each([
    ['brackets', '('.repeat(5_000)],
    ['lists', '['.repeat(5_000)],
    ['patterns that no arrow follows', `${'({[('.repeat(80)}a${')]: b})'.repeat(80)}`],
    ['defaults that no arrow follows', `${'(a = '.repeat(150)}1${')'.repeat(150)}`],
    ['signs', `${'- '.repeat(5_000)}1`],
    ['constructions', 'new '.repeat(2_500)],
    ['functions', `${'a => '.repeat(2_000)}1`],
    ['an open comment', '/*'.repeat(5_000)],
    ['an open string', `'${'\\a'.repeat(5_000)}`],
    ['an open regular expression', `/${'[a'.repeat(5_000)}`],
    ['white space', ' \n'.repeat(5_000)],
  ])('refuses ten thousand characters of %s at once', (_name, source) => {
    const started = performance.now();
    expect(() => parseExpression(source)).toThrow(Fault);
    expect(performance.now() - started).toBeLessThan(100);
  });
});

import { describe, expect, it } from '@jest/globals';
import { compileExpression } from '../index.js';
import { parsePattern } from './parse-pattern.js';
import { ShortTextTest } from './short-text.js';

function quick(source: string, flags = ''): ShortTextTest | undefined {
  return ShortTextTest.of(parsePattern(source, flags).root, source, flags);
}

describe('the quick way for short texts', () => {
  it.each(['^[A-Z]-\\d+$', '^[^@]+@[^@]+$', 'abc', '^(\\d{4})-(\\d\\d)$', '^(a|b)c*$', '\\bword\\b'])(
    'is taken by %s',
    (source) => {
      expect(quick(source)?.charge('some text')).toBeGreaterThan(0);
    },
  );

  it.each(['(a+)+', '(a|aa)+', '(?:a?b?)*', '^(?=a+)b', '(ab){2,9}', '(?:x+x+)+y', '^a{1,90}b{1,90}$'])(
    'is not taken by %s, whose time grows faster',
    (source) => {
      expect(quick(source)).toBeUndefined();
    },
  );

  it.each(['g', 'm', 'y'])('is not taken with the flag %s', (flag) => {
    expect(quick('^a$', flag)).toBeUndefined();
  });

  it('ends where the text is too long for the pattern', () => {
    expect(quick('^a+$')?.charge('a'.repeat(1_000))).toBeGreaterThan(0);
    expect(quick('^a+$')?.charge('a'.repeat(5_000))).toBeUndefined();
    expect(quick('a*a*a*b')?.charge('a'.repeat(20))).toBeUndefined();
  });

  it.each([
    ['^a?a?a?a?a?a?aaaaaa$', 'a'],
    ['^a*a*a*b$', 'a'],
    ['a*b', 'a'],
    ['(a|a)(a|a)(a|a)(a|a)b', 'a'],
    ['^[^@]+@[^@]+\\.x$', '@a.'],
  ])('takes at most a moment for the worst text that %s lets through', (source, part) => {
    let length = 0;
    while (quick(source)?.charge(part.repeat(length + 1)) !== undefined) length++;
    expect(length).toBeGreaterThan(1);
    const test = quick(source);
    test?.test('');
    const started = performance.now();
    for (let turn = 0; turn < 100; turn++) test?.test(part.repeat(length));
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('is paid for', () => {
    const source = "Array.from({ length: 5000 }, (_, i) => /^[a-z]*$/.test('a'.repeat(500))).length";
    expect(() => compileExpression(source, { budget: { regexMs: 1 } }).evaluate({})).toThrow(
      expect.objectContaining({ code: 'budget_exceeded' }) as never,
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { nestedPattern } from '../../test/differential/generate-pattern.js';
import { Choices } from '../../test/differential/random.js';
import { ExpressionError, compileExpression } from '../index.js';
import { DEFAULT_BUDGET, Runtime } from '../runtime/runtime.js';
import { compilePattern } from './compile-pattern.js';
import { PatternMatcher } from './match-pattern.js';

const CASES = 8_000;
const CHARACTERS = ['a', 'b', 'X', ' ', '1', '-', 'é', '😀', '\n', '_', 'A'];

function ours(source: string, flags: string, text: string): unknown {
  const rt = new Runtime({}, { ...DEFAULT_BUDGET, regexMs: 1_000 }, {}, () => Math.random);
  const slots = new PatternMatcher(rt, compilePattern(source, flags), text).match(0, false);
  if (slots === undefined) return null;
  const groups: (string | undefined)[] = [];
  for (let slot = 0; slot < slots.length; slot += 2) {
    groups.push((slots[slot] ?? -1) < 0 ? undefined : text.slice(slots[slot], slots[slot + 1]));
  }
  return { index: slots[0], groups };
}

function theirs(source: string, flags: string, text: string): unknown {
  const match = new RegExp(source, flags).exec(text);
  return match === null ? null : { index: match.index, groups: [...match] };
}

/** V8 lets `/\\B/u` match inside a surrogate pair, against the language's specification, which we follow. */
function splitsCharacter(match: unknown, flags: string, text: string): boolean {
  const index = (match as { index?: number } | null)?.index ?? 0;
  return flags.includes('u') && index > 0 && (text.codePointAt(index - 1) ?? 0) > 0xffff;
}

describe('regular expressions', () => {
  it(`match like V8's in ${CASES} random cases, loops in loops included`, () => {
    let matched = 0;
    for (let seed = 1; seed <= CASES; seed++) {
      const choices = new Choices(seed);
      const { source, flags } = nestedPattern(choices);
      const text = Array.from({ length: choices.below(8) }, () => choices.one(CHARACTERS)).join('');
      let mine: unknown;
      try {
        mine = ours(source, flags, text);
      } catch (error) {
        // Only what is refused when it is compiled may be missing.
        expect([source, (error as Error).message]).toEqual([source, expect.stringContaining('too many parts')]);
        continue;
      }
      if (mine !== null) matched++;
      const expected = theirs(source, flags, text);
      if (splitsCharacter(expected, flags, text)) continue;
      expect({ source, flags, text, match: mine }).toEqual({ source, flags, text, match: expected });
    }
    expect(matched).toBeGreaterThan(CASES / 10);
  }, 60_000);

  it.each([
    [String.raw`/(a)\1/.test('aa')`, 'refers back'],
    [String.raw`/(?<x>a)\k<x>/.test('aa')`, 'refers back'],
    [String.raw`/(?<=a)b/.test('ab')`, 'looks behind'],
    [String.raw`/(?<!a)b/.test('ab')`, 'looks behind'],
    [String.raw`/[a--b]/v.test('a')`, "flag 'v'"],
    [String.raw`/a/d.test('a')`, "flag 'd'"],
    [String.raw`/(?=a)*b/.test('a')`, 'repeats an assertion'],
    [String.raw`/\07/.test('a')`, 'obsolete escape'],
    [String.raw`/(?:(?:a?)*(?:b?)*(?:c?)*(?:d?)*(?:e?)*(?:f?)*)/.test('a')`, 'too many parts'],
    [String.raw`/(?:a{1000}){1000}/.test('a')`, 'too large'],
    [`/${'('.repeat(150)}a${')'.repeat(150)}/.test('a')`, 'nests more than'],
  ])('refuses %s when it is compiled, where it stands', (source, reason) => {
    const compile = (): unknown => compileExpression(`1 + ${source}`);
    expect(compile).toThrow(ExpressionError);
    expect(compile).toThrow(expect.objectContaining({ column: 5, message: expect.stringContaining(reason) }) as never);
  });

  it('take time proportional to the text where V8 takes exponential time', () => {
    const evaluate = (length: number): number => {
      const { evaluate: run } = compileExpression("/^(a|aa)+$/.test('a'.repeat(n) + 'b')", {
        budget: { regexMs: 10_000 },
      });
      const started = performance.now();
      expect(run({ n: length })).toBe(false);
      return performance.now() - started;
    };
    evaluate(1_000);
    expect(evaluate(20_000)).toBeLessThan(1_000);
  });

  it('stop when their budget is used up, wherever they are', () => {
    const source = "/^(?=(a+)+$)b/.test('a'.repeat(40) + 'c')";
    expect(() => compileExpression(source).evaluate({})).toThrow(
      expect.objectContaining({ code: 'budget_exceeded' }) as never,
    );
  });
});

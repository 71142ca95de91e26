import { describe, expect, it } from '@jest/globals';
import { DEFAULT_BUDGET, ExpressionError, compileExpression } from './index.js';
import type { Budget } from './index.js';

const evaluate = (source: string, scope: Record<string, unknown> = {}): unknown =>
  compileExpression(source).evaluate(scope);

function errorOf(run: () => unknown): ExpressionError {
  try {
    run();
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

describe('results', () => {
  it.each([
    ['undefined', null],
    ['[undefined, NaN, 1 / 0, x => x]', [null, null, null, null]],
    ['({ a: undefined, b: x => x, c: null })', { c: null }],
    ["new Date('2026-03-29T01:30:00Z')", '2026-03-29T01:30:00.000Z'],
    ["[new Date('never')]", [null]],
    ["'ab'.match(/(b)/)", ['b', 'b']],
    ['[-0]', [0]],
    ['/a/', {}],
  ])('%s is plain JSON', (source, result) => {
    const value = evaluate(source);
    expect(value).toStrictEqual(result);
    expect(JSON.stringify(value)).toBe(JSON.stringify(result));
  });

  it('keep a sub-tree of the scope as it is', () => {
    const scope = { steps: { a: { output: { list: [1, { b: 2 }] } } } };
    expect(evaluate('steps.a.output', scope)).toBe(scope.steps.a.output);
  });

  it('leave out what the host has put into the scope and JSON has not', () => {
    class Host {
      secret = 1;
      run(): void {}
    }
    const scope = { host: { f: () => 1, date: new Date(0), big: new Host() } };
    expect(evaluate('host', scope)).toStrictEqual({ date: '1970-01-01T00:00:00.000Z', big: { secret: 1 } });
    for (const source of [
      'host.f()',
      'host.f(1)',
      'host.big.run()',
      'host.big.run',
      '[1].map(host.f)',
      '`${host.f}`',
    ]) {
      expect(() => evaluate(source, scope)).toThrow(ExpressionError);
    }
  });

  it('are limited in size, however they share their parts', () => {
    const doubled = '[...Array.from({ length: 40 })].reduce(a => [a, a], [1])';
    expect(errorOf(() => evaluate(doubled)).code).toBe('budget_exceeded');
    expect(errorOf(() => evaluate(`JSON.stringify(${doubled})`)).code).toBe('budget_exceeded');
    expect(errorOf(() => evaluate(`unique([${doubled}])`)).code).toBe('budget_exceeded');
    expect(errorOf(() => evaluate("(s => Array.from({ length: 1e5 }, () => s))('x'.repeat(1e6))")).code).toBe(
      'budget_exceeded',
    );
    expect(errorOf(() => evaluate('Array.from({ length: 600 }).reduce(a => ({ a }), 1)')).code).toBe('budget_exceeded');
    expect(errorOf(() => evaluate('(a => a.push(a) && a)([])')).code).toBe('budget_exceeded');
  });
});

describe('the scope', () => {
  const changes = [
    'xs.sort()',
    'xs.reverse()',
    'xs.push(9)',
    'xs.splice(0, 1)',
    'xs.fill(0)',
    'o.xs.pop()',
    'xs.shift()',
  ];
  it.each([
    ...changes,
    'Object.assign(o, { b: 1 })',
    "o['xs'].unshift(1)",
    '(l => l.sort())(xs)',
    '[xs].map(l => l.push(1))',
    'd.setTime(5)',
  ])('is not changed by %s', (source) => {
    const scope = { xs: [3, 1, 2], o: { xs: [1], a: 1 }, d: new Date(1) };
    const before = structuredClone(scope);
    evaluate(source, scope);
    expect(scope).toEqual(before);
  });

  it('is as if it had been copied before: changes are seen where JavaScript shows them', () => {
    const scope = { xs: [3, 1, 2], o: { xs: [5] } };
    expect(evaluate('[xs.sort()[0], xs[0], xs.push(7), xs.length]', scope)).toEqual([1, 1, 4, 4]);
    expect(evaluate('[o.xs.push(1), o, o.xs === o.xs]', scope)).toEqual([2, { xs: [5, 1] }, true]);
    expect(evaluate('[o.xs.pop(), o.xs]', scope)).toEqual([5, []]);
  });

  it('may be frozen', () => {
    const scope = Object.freeze({ xs: Object.freeze([2, 1]) });
    expect(evaluate('xs.sort()', scope)).toEqual([1, 2]);
  });

  it('is read by own properties only', () => {
    const scope = {
      o: Object.create({ inherited: 1 }) as object,
      own: JSON.parse('{"constructor":1,"__proto__":2}') as object,
    };
    expect(() => evaluate('o.inherited', scope)).toThrow("'inherited' is not a property of the data");
    expect(evaluate('own.constructor', scope)).toBe(1);
    expect(evaluate("own['__proto' + '__']", scope)).toBe(2);
    expect(evaluate('({ ...own })', scope)).toEqual(scope.own);
    expect(errorOf(() => evaluate('toString', scope)).code).toBe('unknown_name');
  });

  it('gives now when it has none itself', () => {
    expect(compileExpression('now').evaluate({}, { now: 0 })).toBe('1970-01-01T00:00:00.000Z');
    expect(evaluate('now', { now: 'mine' })).toBe('mine');
  });

  it('may have a root with the name of a function', () => {
    expect(evaluate('sum + sum([1])', { sum: 5 })).toBe(6);
    expect(evaluate("['a b'].map(slug)")).toEqual(['a-b']);
  });
});

describe('errors', () => {
  it.each([
    ['a.b.c', { a: {} }, 'type_error', 1, 1, "'a.b' is undefined, so 'c' cannot be read"],
    ['1 +\n  steps.x.y', { steps: {} }, 'type_error', 2, 3, "'steps.x' is undefined"],
    ['xs.map(x => x.trim())', { xs: [1] }, 'type_error', 1, 13, "a number has no method 'trim'"],
    ['at.getTime()', { at: '2026-03-29' }, 'type_error', 1, 1, 'Make one with new Date(text)'],
    ["'a'.repeat(-1)", {}, 'range_error', 1, 5, 'repeat needs'],
    ['JSON.parse(s)', { s: '{secret' }, 'range_error', 1, 1, 'not valid JSON at position 1'],
    ['[xs.nope.a]', { xs: [] }, 'type_error', 1, 2, ''],
    ['stesp.a', { steps: {} }, 'unknown_name', 1, 1, "Did you mean 'steps'?"],
    ['1 + (2', {}, 'syntax_error', 1, 7, 'Unexpected end'],
    ['a..b', {}, 'syntax_error', 1, 3, 'Unexpected'],
    ['{ a: 1 } }', {}, 'syntax_error', 1, 10, "Unexpected '}'"],
    ['', {}, 'syntax_error', 1, 1, 'Unexpected end'],
  ])('%j: where and why', (source, scope, code, line, column, message) => {
    const error = errorOf(() => evaluate(source, scope));
    expect(error).toMatchObject({ name: 'ExpressionError', code, line, column });
    expect(error.message).toContain(message);
  });

  it('never hold data', () => {
    for (const source of [
      'JSON.parse(s)',
      's.foo.bar',
      'xs.map(s)',
      'parseDate(s)',
      'decodeURIComponent(s)',
      's()',
      'Number(s).x.y',
      'xs[s]()',
      'formatDate(0, "yyyy", s)',
      'jsonPath(xs, s)',
    ]) {
      const error = errorOf(() => evaluate(source, { s: '%top-secret', xs: [1] }));
      expect([source, error.message]).toEqual([source, expect.not.stringContaining('top-secret')]);
    }
  });

  it('are found when it is compiled, if the text alone shows them', () => {
    const compile = (source: string) => (): unknown => compileExpression(source, { roots: ['inputs'] });
    expect(compile('inptus.a')).toThrow("'inptus' is not defined. Did you mean 'inputs'?");
    expect(compile('x => y')).toThrow("'y' is not defined.");
    expect(compile('(x => x + y)(1)')).toThrow("'y' is not defined.");
    expect(compile('process.exit()')).toThrow(ExpressionError);
    expect(compile('eval("1")')).toThrow("There is no function 'eval'.");
    expect(compile('(a = b, b = 1) => a')).toThrow('read before it has a value');
  });
});

describe('limits of the text', () => {
  it.each([
    ['length', `'${'a'.repeat(10_240)}'`],
    ['nesting of brackets', `${'['.repeat(400)}${']'.repeat(400)}`],
    ['nesting of operators', `${'!'.repeat(500)}1`],
    ['a chain', `a${'.b'.repeat(1_000)}`],
    ['conditionals', `${'1?1:'.repeat(1_000)}1`],
    ['templates', `${'`${'.repeat(300)}1${'}`'.repeat(300)}`],
    ['functions', `${'x=>'.repeat(1_000)}1`],
    ['parts', `[${'1,'.repeat(4_500)}1]`],
  ])('%s', (_name, source) => {
    expect(errorOf(() => compileExpression(source)).code).toBe('limit_exceeded');
  });
});

describe('budgets', () => {
  it.each<[keyof Budget, number, string]>([
    ['steps', 100, 'Array.from({ length: 200 })'],
    ['steps', 100, 'xs.map(x => x)'],
    ['steps', 20, `${'1 + '.repeat(30)}1`],
    ['bytes', 1_000, "'a'.repeat(600)"],
    ['bytes', 1_000, 'xs.map(x => [x, x, x])'],
    ['bytes', 1_000, "xs.reduce((s, x) => s + 'abc', '')"],
    ['depth', 10, '(f => f(f, 20))((f, n) => n === 0 ? 0 : f(f, n - 1))'],
    ['depth', 10, 'Array.from({ length: 20 }).reduce(a => [a], []).flat(Infinity)'],
    ['regexMs', 0.01, "/a*b/.test('a'.repeat(1000))"],
  ])('%s of %d stops %s, and the default does not', (part, limit, source) => {
    const scope = { xs: Array.from({ length: 60 }, (_item, index) => index) };
    const error = errorOf(() => compileExpression(source, { budget: { [part]: limit } }).evaluate(scope));
    expect(error.code).toBe('budget_exceeded');
    expect(error.message).toContain(`${limit} ${part}`);
    expect(() => evaluate(source, scope)).not.toThrow();
  });

  it.each([
    "[...'x'.repeat(1e6)]",
    "'x'.repeat(1e6).split('')",
    "'ab'.repeat(1e6).replaceAll('a', 'c'.repeat(100))",
    "'x'.repeat(4e6).normalize('NFKD')",
    'Array.from({ length: 1e9 })',
    "Array.from({ length: 1e5 }).join('x'.repeat(1000))",
    'range(1e9)',
    "'x'.padEnd(1e9)",
    'padNumber(1, 1e9)',
    '(f => f(f))(f => [f(f), f(f)])',
    'Array.from({ length: 3e5 }).map((_, i) => i).sort((a, b) => b - a)',
    "JSON.parse('[' + '[],'.repeat(3e5) + '1]')",
    'Array.from({ length: 1000 }, (_, i, a) => Array.from({ length: 1000 }, () => [i]))',
    "csv(Array.from({ length: 1e4 }, () => ['y'.repeat(1000)]))",
    'merge(...Array.from({ length: 1e6 }, () => ({ a: 1 })))',
    "hash('x'.repeat(4e6))",
    "slug('x'.repeat(1e6))",
    "base64('x'.repeat(2e6))",
    'Object.fromEntries(Array.from({ length: 5e5 }, (_, i) => [i, i]))',
    "'x'.repeat(5e5).split('').map(x => ({ x, y: x }))",
    "new Date(0).toLocaleString('de') + range(600).map(() => new Date(0).toLocaleString('de'))",
    'range(9e5).indexOf(-1) + range(9e5).indexOf(-1)',
    "jsonPath(Array.from({ length: 14 }).reduce(a => [a, a], [1]), '$..*..*..*')",
  ])('the default stops %s within a second', (source) => {
    const started = performance.now();
    expect(errorOf(() => evaluate(source)).code).toMatch(/budget_exceeded|range_error/);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it('count each evaluation on its own', () => {
    const compiled = compileExpression('range(n).length', { budget: { steps: 1_000 } });
    for (let round = 0; round < 10; round++) expect(compiled.evaluate({ n: 900 })).toBe(900);
    expect(DEFAULT_BUDGET).toMatchObject({ steps: expect.any(Number), bytes: expect.any(Number) });
  });
});

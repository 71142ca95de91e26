import { describe, expect, it } from '@jest/globals';
import { ExpressionError, compileTemplate, resolveTemplate, templateExpressions } from '../index.js';

const scope = { n: 5, s: 'Ada', list: [1, { a: null }], nothing: null, evil: '{{ 1 + 1 }} ${1} {{', at: '2026-03-29' };

describe('resolveTemplate', () => {
  it.each<[unknown, unknown]>([
    ['{{ n }}', 5],
    ['{{list}}', [1, { a: null }]],
    ['{{ missing?.x }}', null],
    ['{{ list.missing }}', null],
    [' {{ n }}', ' 5'],
    ['{{ n }}{{ n }}', '55'],
    ['n is {{ n }}!', 'n is 5!'],
    [
      '<{{ list.missing }}|{{ nothing }}|{{ list }}|{{ new Date(at) }}|{{ NaN }}|{{ true }}>',
      '<|null|[1,{"a":null}]|2026-03-29T00:00:00.000Z|null|true>',
    ],
    ['{{ { a: { b: n } } }}', { a: { b: 5 } }],
    ['{{ "}}" }}', '}}'],
    ['{{ `${"}}"}` + /}}/.test("}}") }}', '}}true'],
    ["{{ 'it''s' === 1 }}".replace("''", "\\'"), false],
    ['\\{{ n }} {{ n }}', '{{ n }} 5'],
    ['\\\\{{ n }}', '\\5'],
    ['\\\\\\{{ n }}', '\\{{ n }}'],
    ['C:\\dir {n} }} { {n}}', 'C:\\dir {n} }} { {n}}'],
    ['{{ evil }}', scope.evil],
    ['x{{ evil }}', `x${scope.evil}`],
    [
      { a: ['{{ n }}', { b: 'v{{ n }}' }], c: 1, d: null },
      { a: [5, { b: 'v5' }], c: 1, d: null },
    ],
    [{ '{{ n }}': '{{ n }}' }, { '{{ n }}': 5 }],
    [7, 7],
    [null, null],
  ])('%j gives %j', (template, result) => {
    expect(resolveTemplate(template, { missing: undefined, ...scope })).toStrictEqual(result);
  });

  it('keeps what holds no expression, and never changes the template', () => {
    const template = { constant: { deep: [1, 2] }, changing: '{{ n }}' };
    const result = resolveTemplate(template, scope) as typeof template;
    expect(result.constant).toBe(template.constant);
    expect(template.changing).toBe('{{ n }}');
    expect(compileTemplate(template.constant)).toMatchObject({ constant: true, expressions: [] });
    expect(compileTemplate(template.constant).evaluate({})).toBe(template.constant);
  });

  it('keeps a property named __proto__ a property', () => {
    const template = JSON.parse('{"__proto__": "{{ n }}"}') as object;
    const result = resolveTemplate(template, scope) as object;
    expect(JSON.stringify(result)).toBe('{"__proto__":5}');
    expect(Object.getPrototypeOf(result)).toBe(Object.prototype);
  });

  it('gives each expression a budget of its own, and all of them one time and one random sequence', () => {
    const compiled = compileTemplate(
      ['{{ range(600).length }}', '{{ range(600).length }}', '{{ uuid() }}', '{{ uuid() }}'],
      { budget: { steps: 1_000 } },
    );
    const [a, b, first, second] = compiled.evaluate({}, { seed: 's' }) as unknown[];
    expect([a, b]).toEqual([600, 600]);
    expect(first).not.toBe(second);
    expect(compiled.evaluate({}, { seed: 's' })).toEqual([600, 600, first, second]);
  });
});

describe('compileTemplate', () => {
  it('lists references with their place', () => {
    const { references, expressions } = compileTemplate({
      url: 'a\n/{{ inputs.id }}',
      b: ['{{ steps.x.output[0] + inputs.n }}'],
    });
    expect(references).toEqual([
      { root: 'inputs', path: ['id'], line: 2, column: 5, at: ['url'] },
      { root: 'steps', path: ['x', 'output', 0], line: 1, column: 4, at: ['b', 0] },
      { root: 'inputs', path: ['n'], line: 1, column: 24, at: ['b', 0] },
    ]);
    expect(expressions.map(({ source }) => source)).toEqual(['inputs.id', 'steps.x.output[0] + inputs.n']);
  });

  it.each([
    [{ a: ['x {{ n + }}'] }, ['a', 0], 1, 10, "Unexpected '}'"],
    ['{{ n', [], 1, 5, "'{{' is not closed with '}}'"],
    ['{{ }}', [], 1, 3, 'no expression between the braces'],
    ['line\n  {{ x = 1 }}', [], 2, 6, 'cannot assign'],
    ['{{ a b }}', [], 1, 6, "must end with '}}'"],
    [`{{ '${'x'.repeat(11_000)}' }}`, [], 1, 3, 'at most 10240 characters'],
    ['{{ 1 }}'.repeat(1_001), [], 1, 7_001, 'at most 1000 expressions'],
  ])('%#: says where it is wrong', (template, path, line, column, message) => {
    const compile = (): unknown => compileTemplate(template);
    expect(compile).toThrow(ExpressionError);
    expect(compile).toThrow(
      expect.objectContaining({ path, line, column, message: expect.stringContaining(message) }) as never,
    );
  });

  it('says where an evaluation fails', () => {
    expect(() => resolveTemplate({ a: { b: 'x\n{{ steps.y.z }}' } }, { steps: {} })).toThrow(
      expect.objectContaining({ code: 'type_error', path: ['a', 'b'], line: 2, column: 4 }) as never,
    );
  });

  it('reads a long text with many expressions in time proportional to it', () => {
    const started = performance.now();
    const text = `${'x'.repeat(5_000)}\n{{ n }}`.repeat(900);
    expect((resolveTemplate(text, { n: 1 }) as string).length).toBe(900 * 5_002);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('templateExpressions', () => {
  it('lists valid and invalid expressions, and never throws', () => {
    const found = templateExpressions(
      { a: '{{ x.y }} {{ 1 + }} {{ z }}', b: ['{{ q() }}'], c: 5 },
      { roots: ['x', 'z'] },
    );
    expect(found.map(({ path, source, whole, error }) => [path, source, whole, error?.code])).toEqual([
      [['a'], 'x.y', false, undefined],
      [['a'], '1 +', false, 'syntax_error'],
      [['a'], 'z', false, undefined],
      [['b', 0], 'q()', true, 'unknown_name'],
    ]);
    expect(found[0]?.references).toEqual([{ root: 'x', path: ['y'], line: 1, column: 4 }]);
  });

  it('says when a template is nested too deeply', () => {
    let template: unknown = '{{ n }}';
    for (let depth = 0; depth < 300; depth++) template = [template];
    expect(templateExpressions(template)).toMatchObject([{ error: { code: 'limit_exceeded' } }]);
  });
});

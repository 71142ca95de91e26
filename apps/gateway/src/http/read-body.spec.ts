import { describe, expect, it } from '@jest/globals';
import { readJson, readText } from './read-json.js';
import { readYaml } from './read-yaml.js';

const LIMIT = 1024 * 1024;
const code = (name: string) => expect.objectContaining({ code: name });

describe('readJson', () => {
  it('reads JSON', () => {
    expect(readJson('{"a":[1,{"b":"[[[[{{{{"}],"c":"\\"{"}')).toEqual({ a: [1, { b: '[[[[{{{{' }], c: '"{' });
  });

  it.each(['{"a":NaN}', '{"a":1}garbage', '', '{', "{'a':1}", '\ufeff{'])('refuses %j', (text) => {
    expect(() => readJson(text)).toThrow(code('invalid_json'));
  });

  it.each([
    '{"__proto__":{"polluted":true}}',
    '{"a":[{"__proto__":1}]}',
    '{"\\u005f_proto__":{"polluted":true}}',
    '{"constructor":{"prototype":{"polluted":true}}}',
  ])('refuses %s', (text) => {
    expect(() => readJson(text)).toThrow(code('invalid_json'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses what nests deeper than 256 levels, at any size', () => {
    expect(readJson(`${'['.repeat(256)}${']'.repeat(256)}`)).toHaveLength(1);
    for (const depth of [257, 1_000_000])
      expect(() => readJson(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toThrow(code('bad_request'));
    expect(() => readJson('{"a":'.repeat(100_000))).toThrow(code('bad_request'));
  });
});

describe('readText', () => {
  it('refuses what is no UTF-8', () => {
    expect(() => readText(Buffer.from([0xff, 0xfe, 0x7b]))).toThrow(code('bad_request'));
    expect(readText(Buffer.from('"é"'))).toBe('"é"');
  });
});

describe('readYaml', () => {
  it('means what the same JSON means', () => {
    const yaml = `
      name: Orders
      draft: true
      definition:
        format: 1
        steps:
          - { id: a, next: [b] }
          - id: b
            config: { at: 2026-01-01, flag: yes, ratio: 0.5, none: ~, text: "{{ inputs.x }}" }
    `;
    expect(readYaml(yaml, LIMIT)).toEqual({
      name: 'Orders',
      draft: true,
      definition: {
        format: 1,
        steps: [
          { id: 'a', next: ['b'] },
          { id: 'b', config: { at: '2026-01-01', flag: 'yes', ratio: 0.5, none: null, text: '{{ inputs.x }}' } },
        ],
      },
    });
    expect(readYaml('{"a": [1, "x"]}', LIMIT)).toEqual({ a: [1, 'x'] });
  });

  it('says where it is wrong', () => {
    expect(() => readYaml('a: 1\nb: [1, 2\nc: 3\n', LIMIT)).toThrow(
      expect.objectContaining({ code: 'bad_request', errors: [expect.objectContaining({ line: 3 })] }),
    );
  });

  it.each([
    ['a key twice', 'a: 1\na: 2'],
    ['two documents', 'a: 1\n---\nb: 2'],
    ['.nan', 'a: .nan'],
    ['.inf', 'a: [-.inf]'],
    ['an alias to nothing', 'a: *b'],
    ['a value that holds itself', '&a [*a]'],
    ['an unknown tag', 'a: !!js/function "function () {}"'],
    ['__proto__', '__proto__: { polluted: true }'],
    ['more levels than JSON may have', `${'['.repeat(300)}${']'.repeat(300)}`],
  ])('refuses %s', (_what, yaml) => {
    expect(() => readYaml(yaml, LIMIT)).toThrow(expect.objectContaining({ name: 'AppError' }));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('refuses aliases that multiply', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const inner = level === 0 ? '"lol"' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array(9).fill(inner).join(', ')}]`;
    });
    const started = performance.now();
    expect(() => readYaml(levels.join('\n'), LIMIT)).toThrow(code('bad_request'));
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  it('refuses what fits as YAML but not as JSON', () => {
    const yaml = `a: &a "${'x'.repeat(60_000)}"\nb: [${Array(50).fill('*a').join(', ')}]`;
    expect(() => readYaml(yaml, LIMIT)).toThrow(code('too_large'));
  });
});

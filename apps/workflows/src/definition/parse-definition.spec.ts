import { describe, expect, it } from '@jest/globals';
import { parseDefinition } from './parse-definition.js';

const faultsOf = (input: unknown): unknown => {
  try {
    return parseDefinition(input);
  } catch (error) {
    return (error as { errors: unknown }).errors;
  }
};

describe('parseDefinition', () => {
  it('reads YAML 1.2: yes and no are texts, and an alias shares a block', () => {
    expect(parseDefinition('a: &h { x: yes }\nb: *h\n')).toEqual({ a: { x: 'yes' }, b: { x: 'yes' } });
  });

  it('gives plain JSON whatever YAML can say', () => {
    expect(parseDefinition('{ b: 2026-01-01, c: ~ }')).toEqual({ b: '2026-01-01', c: null });
    expect(faultsOf('{ a: .inf }')).toEqual([expect.objectContaining({ code: 'invalid_yaml' })]);
  });

  it('says where a text is wrong', () => {
    expect(faultsOf('steps:\n  - id: a\n id: b\n')).toContainEqual(
      expect.objectContaining({ code: 'invalid_yaml', line: 3 }),
    );
    expect(faultsOf('a: 1\nb:\n  c: 1\n  c: 2\n')).toEqual([
      { path: '', code: 'duplicate_key', message: "The key 'c' stands twice here.", line: 4, column: 3 },
    ]);
    expect(faultsOf('? [1, 2]\n: x\n')).toEqual([expect.objectContaining({ code: 'invalid_key', line: 1 })]);
  });

  it.each([null, 42, true, [], 'just text', ''])('refuses %p, which is no object', (input) => {
    expect(faultsOf(input)).toEqual([expect.objectContaining({ code: 'invalid_type' })]);
  });

  it('refuses an object that is too deep without overflowing the stack', () => {
    let deep: object = {};
    for (let level = 0; level < 50_000; level++) deep = { a: deep };
    expect(faultsOf(deep)).toEqual([expect.objectContaining({ code: 'too_deep' })]);
  });

  it('takes time in proportion to the number of keys', () => {
    const text = (keys: number): string => Array.from({ length: keys }, (_, index) => `k${index}: ${index}`).join('\n');
    const timeOf = (keys: number): number => {
      const source = text(keys);
      const started = performance.now();
      parseDefinition(source);
      return performance.now() - started;
    };
    timeOf(2_000);
    // Quadratic work would take 64 times as long, not 8.
    expect(timeOf(16_000)).toBeLessThan(24 * Math.max(10, timeOf(2_000)));
  });

  it('asks for JSON instead of a YAML text that would take seconds to read', () => {
    const many = Array.from({ length: 160_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(faultsOf(many)).toEqual([expect.objectContaining({ code: 'too_large' })]);
    const json = JSON.stringify(Object.fromEntries(Array.from({ length: 160_000 }, (_, index) => [`k${index}`, 1])));
    expect(Object.keys(parseDefinition(json))).toHaveLength(160_000);
  });

  it('refuses a prototype key however it is written', () => {
    for (const text of [
      '{"__proto__": {}}',
      '{"\\u005f_proto__": {}}',
      'a:\n  __proto__: { b: 1 }',
      JSON.parse('{"a":[{"__proto__":1}]}'),
    ])
      expect(faultsOf(text)).toEqual([expect.objectContaining({ code: 'invalid_key' })]);
  });
});

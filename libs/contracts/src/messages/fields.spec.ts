import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { IsId, IsJsonObject, IsKey, IsText, JsonField, jsonFieldsOf } from './fields.js';

class Sample {
  @IsId()
  id: unknown = '0198c1f0-0000-7000-8000-000000000001';

  @IsKey()
  key: unknown = 'a';

  @IsText()
  text: unknown = 'line\n\ttabbed ä€😀';

  @IsJsonObject()
  object: unknown = {};
}

class Wider extends Sample {
  @JsonField()
  more: unknown;
}

const faults = (change: Partial<Sample>) =>
  validateSync(Object.assign(new Sample(), change)).map((error) => error.property);

describe('Fields', () => {
  it('take what is right', () => expect(faults({})).toEqual([]));

  it.each([
    [
      'id',
      [
        '',
        'x',
        '0198C1F0-0000-7000-8000-000000000001',
        "'; DROP TABLE x",
        '0198c1f0-0000-7000-8000-000000000001\n',
        5,
        null,
        {},
      ],
    ],
    ['key', ['', 'A', '1a', 'a b', 'a\n', `a${'b'.repeat(64)}`, '../x', 5]],
    ['text', ['nul\u0000', 'bell\u0007', 'esc\u001b[0m', 'del\u007f', 5, ['x']]],
    ['object', [null, [], 'x', 5, undefined]],
  ] as const)('%s refuses what is wrong', (name, values) => {
    for (const value of values) expect([value, faults({ [name]: value })]).toEqual([value, [name]]);
  });

  it('knows the fields of free JSON of a class and of its ancestors', () => {
    expect(jsonFieldsOf(Wider).sort()).toEqual(['more', 'object']);
    expect(jsonFieldsOf(Sample)).toEqual(['object']);
  });
});

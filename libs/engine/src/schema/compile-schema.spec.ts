import { Validator, type Schema } from '@cfworker/json-schema';
import { describe, expect, it } from '@jest/globals';
import type { JsonValue } from '@rpa/contracts';
import fc from 'fast-check';
import { validateInputs } from '../validation/validate-inputs.js';
import { SchemaInvalid, UNKNOWN, UNKNOWN_TEXT } from './check.js';
import { compileSchema } from './compile-schema.js';

const faults = (schema: JsonValue, value: Parameters<ReturnType<typeof compileSchema>>[0]) =>
  compileSchema(schema)(value).map(({ path, keyword }) => `${path.join('/')}:${keyword}`);

const name = fc.constantFrom('a', 'b', 'c');
const scalar = fc.oneof(
  fc.constantFrom('', 'a', 'ab', 'abc', 'é'),
  fc.integer({ min: -3, max: 3 }),
  fc.constantFrom(0.5, true, false, null),
);
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
}));
const small = fc.integer({ min: 0, max: 3 });
const { schema } = fc.letrec((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.boolean(),
    fc.record(
      {
        type: fc.oneof(
          fc.constantFrom('string', 'number', 'integer', 'object', 'array', 'null', 'boolean'),
          fc.constant(['string', 'null']),
        ),
        enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
        minimum: fc.integer({ min: -2, max: 2 }),
        exclusiveMaximum: fc.integer({ min: -2, max: 3 }),
        multipleOf: fc.constantFrom(1, 2, 0.5),
        minLength: small,
        maxLength: small,
        pattern: fc.constantFrom('^a', 'b$', '^[a-c]+$', '^$'),
        minItems: small,
        maxItems: small,
        uniqueItems: fc.boolean(),
        prefixItems: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        items: tie('schema'),
        contains: tie('schema'),
      },
      { requiredKeys: [] },
    ),
    fc.record(
      {
        required: fc.uniqueArray(name, { maxLength: 2 }),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 2, noNullPrototype: true }),
        additionalProperties: tie('schema'),
        propertyNames: fc.constantFrom({ pattern: '^[ab]' }, { maxLength: 1 }),
        minProperties: small,
        maxProperties: small,
        dependentRequired: fc.constant({ a: ['b'] }),
        allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }),
        not: tie('schema'),
        if: tie('schema'),
        then: tie('schema'),
        else: tie('schema'),
        const: scalar,
      },
      { requiredKeys: [] },
    ),
  ),
}));

describe('compileSchema', () => {
  it('agrees with a well-kept JSON Schema library on random schemas and values', () => {
    fc.assert(
      fc.property(schema, value, (generated, instance) => {
        const theirs = new Validator(generated as Schema, '2020-12', false).validate(instance).valid;
        expect(compileSchema(generated as JsonValue)(instance as JsonValue).length === 0).toBe(theirs);
      }),
      { numRuns: 2000, seed: 7 },
    );
  }, 60_000);

  it('names the place of every fault', () => {
    const order = {
      type: 'object',
      properties: {
        lines: { type: 'array', items: { type: 'object', required: ['sku'], properties: { n: { minimum: 1 } } } },
      },
      additionalProperties: false,
    };
    expect(faults(order, { lines: [{ n: 0 }, { sku: 'a', n: 2 }], extra: 1 })).toEqual([
      'lines/0:required',
      'lines/0/n:minimum',
      'extra:additionalProperties',
    ]);
    expect(validateInputs(order, { lines: [{}] })).toEqual([
      { path: 'inputs.lines[0]', code: 'inputs_required', message: 'the field sku is missing' },
    ]);
  });

  it('says nothing about what an expression will make', () => {
    expect(faults({ type: 'integer', minimum: 5 }, UNKNOWN)).toEqual([]);
    expect(faults({ type: 'integer' }, UNKNOWN_TEXT)).toEqual([':type']);
    expect(faults({ oneOf: [{ required: ['a'] }, { required: ['b'] }] }, { a: UNKNOWN })).toEqual([]);
    expect(faults({ enum: ['x', 'y'] }, UNKNOWN_TEXT)).toEqual([]);
    expect(faults({ not: { const: 'x' } }, UNKNOWN)).toEqual([]);
    expect(faults({ if: { properties: { a: { const: 1 } } }, then: { required: ['b'] } }, { a: UNKNOWN })).toEqual([]);
  });

  it('follows references inside the schema and refuses others', () => {
    const tree = {
      $defs: {
        node: { $anchor: 'node', type: 'object', properties: { next: { $ref: '#/$defs/node' } }, required: ['v'] },
      },
      $ref: '#node',
    };
    expect(faults(tree, { v: 1, next: { v: 2, next: {} } })).toEqual(['next/next:required']);
    for (const broken of [
      { $ref: 'https://x/y' },
      { $ref: '#/nope' },
      { type: 'objekt' },
      { unevaluatedProperties: false },
      5,
      { properties: [] },
    ]) {
      expect(() => compileSchema(broken as JsonValue)).toThrow(SchemaInvalid);
    }
  });

  it('cannot be made to hang: by a pattern, by references without end, by exponentially many checks', () => {
    const started = Date.now();
    const slow = faults({ pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`);
    expect(slow).toEqual([':pattern']);
    expect(faults({ $ref: '#' }, 1)).toEqual([':$ref']);
    const defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, i) => [
        `d${i}`,
        { allOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}` }] },
      ]),
    );
    expect(faults({ $defs: { ...defs, d40: {} }, $ref: '#/$defs/d0' }, 1)).toContain(':schema');
    expect(Date.now() - started).toBeLessThan(5000);
  });

  it.each([
    ['date', '2026-02-28', '2026-02-30'],
    ['date-time', '2026-02-28T10:00:00.5Z', '2026-02-28'],
    ['uuid', '01970000-0000-7000-8000-000000000000', '0197'],
    ['email', 'a@b.example', 'a@'],
    ['uri', 'https://x.example/y', 'x y'],
    ['rpa-duration', '30s', '30 seconds'],
  ])('format %s', (format, good, bad) => {
    expect(faults({ format }, good)).toEqual([]);
    expect(faults({ format }, bad)).toEqual([':format']);
  });
});

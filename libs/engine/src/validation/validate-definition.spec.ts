import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@rpa/contracts';
import { gives, STEP_TYPES, type TestStep } from '../../test/test-run.js';
import { compileDefinition } from '../plan/compile-definition.js';
import { DefinitionInvalid } from '../definition/definition.js';
import { validateDefinition, type ValidationOptions } from './validate-definition.js';

const validate = (steps: TestStep[], rest: JsonObject = {}, options: ValidationOptions = {}) =>
  validateDefinition(
    { ...rest, steps: steps.map((step) => ({ type: 'work', ...step })) },
    { stepTypes: STEP_TYPES, ...options },
  );
const faults = (...args: Parameters<typeof validate>) =>
  validate(...args).errors.map(({ path, code }) => `${path} ${code}`);
const warnings = (...args: Parameters<typeof validate>) =>
  validate(...args).warnings.map(({ path, code }) => `${path} ${code}`);

describe('validateDefinition', () => {
  it('names all faults at once, each with its JSON path', () => {
    const result = validateDefinition(
      {
        steps: [
          { id: 'a', type: 'work', next: ['b', 'nope'], config: { url: '{{ inputs. }}' } },
          { id: 'a', type: 'wrk' },
          { id: 'b', type: 'work', next: ['c'], timeout: 'soon', colour: 'red' },
          { id: 'c', type: 'work', next: ['b'], config: { x: 'ok', 'a-b': ['{{ window.alert }}'] } },
        ],
      },
      { stepTypes: STEP_TYPES },
    );
    expect(result.valid).toBe(false);
    expect(result.errors.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      'steps[0].config.url expression_syntax_error',
      'steps[0].next[1] unknown_edge',
      'steps[1].id duplicate_id',
      'steps[1].type unknown_step_type',
      'steps[2] cycle',
      'steps[2].colour unknown_field',
      'steps[2].timeout invalid_value',
      'steps[3].config["a-b"][0] expression_unknown_name',
    ]);
    expect(result.errors.find((error) => error.path === 'steps[1].type')?.message).toContain('did you mean work?');
    expect(result.errors.find((error) => error.code === 'expression_syntax_error')).toMatchObject({ line: 1 });
  });

  it('impossible references are refused: itself, a later step, the own container, a step inside a body, a wrong name', () => {
    expect(faults([gives('a', '{{ steps.a.output }}')])).toEqual(['steps[0].config.value impossible_reference']);
    expect(faults([gives('a', '{{ steps.b.output }}', { next: ['b'] }), gives('b', 1)])).toEqual([
      'steps[0].config.value impossible_reference',
    ]);
    const body = (inner: string, after = '1') => [
      { id: 'each', type: 'foreach', config: { items: [] }, steps: [gives('x', inner)], next: ['after'] },
      gives('after', after),
    ];
    expect(faults(body('{{ steps.each.output }}'))).toEqual(['steps[0].steps[0].config.value impossible_reference']);
    expect(faults(body('{{ steps.after.output }}'))).toEqual(['steps[0].steps[0].config.value impossible_reference']);
    expect(faults(body('1', '{{ steps.x.output }}'))).toEqual(['steps[1].config.value unknown_reference']);
    expect(faults(body('1', '{{ steps.eahc.output }}'))).toEqual(['steps[1].config.value unknown_reference']);
    expect(faults([gives('a', 1)], { output: '{{ steps.b.output }}' })).toEqual(['output unknown_reference']);
  });

  it('a step that may not have settled, or one picked by a computed name, is a warning', () => {
    expect(warnings([gives('a', '{{ steps.b.output }}'), gives('b', 1)])).toEqual([
      'steps[0].config.value unordered_reference',
    ]);
    expect(warnings([gives('a', '{{ steps[inputs.x] }}')])).toEqual(['steps[0].config.value computed_reference']);
    expect(validate([gives('a', 1, { next: ['b'] }), gives('b', '{{ steps.a.output }}')]).warnings).toEqual([]);
  });

  it('names are known where they are read', () => {
    expect(faults([gives('a', '{{ item }}')])).toEqual(['steps[0].config.value expression_unknown_name']);
    expect(faults([gives('a', '{{ inptus.x }}')])).toHaveLength(1);
    expect(
      faults([
        {
          id: 'w',
          type: 'while',
          config: { condition: '{{ loop.index < 3 }}' },
          steps: [gives('a', '{{ loop.index }}')],
        },
      ]),
    ).toEqual([]);
    expect(faults([gives('a', 1)], { variables: { x: '{{ steps.a.output }}' } })).toEqual([
      'variables.x expression_unknown_name',
    ]);
  });

  it("a config that breaks the step's schema is refused, as far as that is sure before it is evaluated", () => {
    const types = [
      {
        type: 'web',
        version: 1,
        configSchema: {
          type: 'object',
          properties: { url: { type: 'string', minLength: 5 }, n: { type: 'integer' } },
          required: ['url'],
          additionalProperties: false,
        },
      },
    ];
    const check = (config: JsonObject) => faults([{ id: 'a', type: 'web', config }], {}, { stepTypes: types });
    expect(check({ url: 'https://x', n: 1 })).toEqual([]);
    expect(check({ url: '{{ inputs.url }}', n: '{{ inputs.n }}' })).toEqual([]);
    expect(check({ url: 'x{{ inputs.url }}', n: 'x{{ 1 }}' })).toEqual(['steps[0].config.n config_invalid']);
    expect(check({ n: 1.5, extra: 1 }).sort()).toEqual([
      'steps[0].config config_invalid',
      'steps[0].config.extra config_invalid',
      'steps[0].config.n config_invalid',
    ]);
    expect(faults([{ id: 'd', type: 'delay', config: { duration: 'P1Y' } }])).toEqual([
      'steps[0].config.duration config_invalid',
    ]);
    expect(faults([{ id: 'd', type: 'delay', config: { duration: '1s', until: 'x' } }])).toHaveLength(1);
  });

  it('credentials and workflows have to be those of the organization', () => {
    const keys = { credentials: ['shop_api'], workflows: ['invoice'] };
    expect(
      faults(
        [
          { id: 'a', credential: 'shop_apy' },
          { id: 's', type: 'sub_workflow', config: { workflow: 'invoce' } },
        ],
        { settings: { onFailure: { workflow: 'x' } } },
        keys,
      ),
    ).toEqual([
      'steps[0].credential unknown_credential',
      'steps[1].config.workflow unknown_workflow',
      'settings.onFailure.workflow unknown_workflow',
    ]);
    expect(faults([{ id: 'a', credential: 'shop_api' }], {}, keys)).toEqual([]);
  });

  it('what does not fit a type is refused', () => {
    expect(
      faults([
        { id: 'a', branches: { x: ['b'] } },
        { id: 'b', steps: [gives('c', 1)] },
      ]),
    ).toEqual(['steps[0].branches unexpected_field', 'steps[1].steps unexpected_field']);
    expect(faults([{ id: 'a', type: 'foreach', config: { items: [] }, retry: { maxAttempts: 2 } }])).toEqual([
      'steps[0].steps steps_required',
      'steps[0].retry unexpected_field',
    ]);
    expect(faults([{ id: 'a', type: 'break' }])).toEqual(['steps[0].type outside_loop']);
    expect(faults([{ id: 'a', type: 'condition', config: { expression: true }, branches: { maybe: [] } }])).toEqual([
      'steps[0].branches.maybe unknown_branch',
    ]);
    expect(faults([{ id: 'a', when: 'inputs.x > 1' }])).toEqual(['steps[0].when invalid_value']);
  });

  it('ids are unique across all enclosing scopes, and may be used again in another body', () => {
    const each = (id: string, inner: string) => ({
      id,
      type: 'foreach',
      config: { items: [] },
      steps: [gives(inner, 1)],
    });
    expect(faults([each('a', 'a')])).toEqual(['steps[0].steps[0].id duplicate_id']);
    expect(faults([each('a', 'x'), each('b', 'x')])).toEqual([]);
    expect(faults([each('a', 'x'), gives('b', 1, { next: ['x'] })])).toEqual(['steps[1].next[0] unknown_edge']);
  });

  it('a write that can race is a warning', () => {
    const set = (id: string, rest: object = {}) => ({
      id,
      type: 'set_variable',
      config: { name: 'n', value: 1 },
      ...rest,
    });
    expect(warnings([set('a'), set('b')])).toEqual(['steps[1].config.name variable_race']);
    expect(warnings([set('a', { next: ['b'] }), set('b')])).toEqual([]);
    expect(
      warnings([{ id: 'each', type: 'foreach', config: { items: [1], concurrency: 2 }, steps: [set('a')] }]),
    ).toEqual(['steps[0].steps[0].config.name variable_race']);
  });

  it('inputs have to be a schema that can be checked safely', () => {
    expect(faults([gives('a', 1)], { inputs: { type: 'objekt' } })).toEqual(['inputs.type schema_invalid']);
    expect(faults([gives('a', 1)], { inputs: { properties: { x: { $ref: 'https://x/y' } } } })).toEqual([
      'inputs.properties.x["$ref"] schema_invalid'.replace('["$ref"]', '.$ref'),
    ]);
    expect(faults([gives('a', 1)], { inputs: { properties: { x: { pattern: '(' } } } })).toEqual([
      'inputs.properties.x.pattern schema_invalid',
    ]);
  });

  it('an expression over 10 KB is refused', () => {
    expect(faults([gives('a', `{{ '${'x'.repeat(10_300)}' }}`)])).toEqual([
      'steps[0].config.value expression_too_long',
    ]);
  });

  it('a definition that cannot be compiled is told apart by its issues', () => {
    const broken = { steps: [{ id: 'a', type: 'work', config: { x: '{{ 1 + }}' } }] };
    expect(() => compileDefinition(broken, { stepTypes: STEP_TYPES })).toThrow('steps[0].config.x');
    expect(() => compileDefinition({ steps: [{ id: 'A', type: 'work' }] }, { stepTypes: STEP_TYPES })).toThrow(
      DefinitionInvalid,
    );
    for (const nothing of [null, undefined, 5, 'x', []])
      expect(validateDefinition(nothing).errors[0]?.code).toBe('invalid_type');
  });

  it.each([
    [
      'a chain of 10,000',
      (): TestStep[] =>
        Array.from({ length: 10_000 }, (_, i) =>
          gives(
            `s${i}`,
            i === 0 ? 0 : `{{ steps.s${i - 1}.output + steps.s0.output }}`,
            i < 9999 ? { next: [`s${i + 1}`] } : {},
          ),
        ),
    ],
    [
      'a fan-out and join of 9,998',
      (): TestStep[] => {
        const ids = Array.from({ length: 9998 }, (_, i) => `m${i}`);
        return [
          gives('first', 0, { next: ids }),
          ...ids.map((id) => gives(id, '{{ steps.first.output }}', { next: ['last'] })),
          gives('last', '{{ steps.m0.output }}'),
        ];
      },
    ],
    [
      'a nesting of 32',
      (): TestStep[] => {
        let steps: TestStep[] = [gives('leaf', '{{ item }}')];
        for (let i = 0; i < 32; i++) steps = [{ id: `n${i}`, type: 'foreach', config: { items: [1] }, steps }];
        return steps;
      },
    ],
  ])(
    'validates and compiles %s in a time that grows with its size',
    (_name, build) => {
      const definition = { steps: build() };
      // Processor time of the better of two, since other work may share the machine; the bench holds the real limit.
      const seconds = [1, 2].map(() => {
        const started = process.cpuUsage();
        expect(validateDefinition(definition, { stepTypes: STEP_TYPES })).toMatchObject({ valid: true, errors: [] });
        compileDefinition(definition, { stepTypes: STEP_TYPES });
        return process.cpuUsage(started).user / 1e6;
      });
      expect(Math.min(...seconds)).toBeLessThan(5);
    },
    60_000,
  );
});

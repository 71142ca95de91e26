import { describe, expect, it } from '@jest/globals';
import { compileExpression } from '@rpa/expressions';
import { STEP_TYPES, TestRun } from '../../test/test-run.js';
import type { JsonObject } from '@rpa/contracts';
import { validateDefinition } from '../validation/validate-definition.js';
import { importPythonDefinition } from './import-python-definition.js';
import { translateExpression } from './python-expression.js';

const ORIGINAL = {
  name: 'Orders',
  version: '1.0',
  variables: { limit: 10 },
  steps: [
    {
      id: 'step-1',
      name: 'Fetch',
      type: 'http_request',
      config: { url: 'https://x/{{ variables.limit }}', method: 'GET' },
      timeout: 30,
      retry: { max_attempts: 3, strategy: 'exponential', delay: 2 },
      next: ['step-2'],
    },
    {
      id: 'step-2',
      type: 'condition',
      config: {
        condition: 'len(steps.step-1.body.items) > 0 and not steps.step_1.error',
        on_true: 'step-3',
        on_false: 'step-4',
      },
    },
    {
      id: 'step-3',
      type: 'loop',
      config: {
        items: 'steps.step-1.body.items[0:5]',
        max_parallel: 2,
        on_error: 'continue',
        delay_between: 0,
        step: {
          id: 'one',
          type: 'set_variable',
          config: { name: 'last', value: "{{ item.name | replace('/', '-') }}" },
        },
      },
    },
    { id: 'step-4', type: 'log', config: { message: 'nothing from {{ trigger.payload.source }}', level: 'warn' } },
    {
      id: 'step-5',
      type: 'custom_script',
      depends_on: ['step-3'],
      config: { script: '{% for x in items %}{{ x }}{% endfor %}' },
      on_error: 'step-4',
      colour: 'red',
    },
  ],
};

describe('importPythonDefinition', () => {
  const { definition, report } = importPythonDefinition(ORIGINAL);

  it('maps ids, edges, branches, loops, retry, timeouts and error handlers', () => {
    expect(definition.steps.map((step) => step.id)).toEqual(['step_1', 'step_2', 'step_3', 'step_4', 'step_5']);
    expect(definition.steps[0]).toMatchObject({
      timeout: '30s',
      retry: { maxAttempts: 3, backoff: 'exponential', delay: '2s' },
      next: ['step_2'],
    });
    expect(definition.steps[1]).toMatchObject({ branches: { true: ['step_3'], false: ['step_4'] } });
    expect(definition.steps[2]).toMatchObject({
      type: 'foreach',
      config: { items: '{{ steps.step_1.output.body.items.slice(0, 5) }}', concurrency: 2, onItemError: 'continue' },
      steps: [{ id: 'step_3_one', config: { value: "{{ item.name.replaceAll('/', '-') }}" } }],
      next: ['step_5'],
    });
    expect(definition.steps[4]).toMatchObject({ onError: { action: 'route', steps: ['step_4'] } });
  });

  it('reports what did not map, step by step, and drops nothing silently', () => {
    const lost = report.filter((note) => note.level === 'lost').map((note) => `${note.step} ${note.field}`);
    expect(lost).toEqual(['step_5 config.script', 'step_5 colour']);
    expect(report.filter((note) => note.field === 'id')).toHaveLength(5);
    expect(definition.steps[4]?.config?.['script']).toBe('{% for x in items %}\\{{ x }}{% endfor %}');
  });

  it('gives a definition that is valid once its step types are there, and runs', () => {
    const types = [...STEP_TYPES, { type: 'custom_script', version: 1 }];
    expect(validateDefinition(definition, { stepTypes: types }).errors).toEqual([]);
    const run = new TestRun({
      ...definition,
      steps: definition.steps
        .slice(0, 4)
        .map((step) => ({ ...step, next: step.id === 'step_3' ? [] : (step.next ?? []) })),
    } as unknown as JsonObject);
    run.complete('step_1', { body: { items: [{ name: 'a/b' }, { name: 'c/d' }] } });
    expect(run.recordsOf('variable_updated').map((record) => record.data['value'])).toEqual(['a-b', 'c-d']);
    expect(run.end?.status).toBe('completed');
  });

  it('maps bodies that are lists of ids', () => {
    const { definition: nested } = importPythonDefinition({
      steps: [
        { id: 'each', type: 'foreach', config: { items: '{{ variables.list }}' }, body: ['a', 'b'], next: 'end' },
        { id: 'a', type: 'transform', config: { value: 1 }, next: ['b'] },
        { id: 'b', type: 'transform', config: { value: 2 } },
        { id: 'end', type: 'log', config: { message: 'x' } },
      ],
    });
    expect(validateDefinition(nested).errors).toEqual([]);
    expect(nested.steps.map((step) => step.id)).toEqual(['each', 'end']);
    expect(nested.steps[0]?.steps?.map((step) => step.id)).toEqual(['a', 'b']);
  });

  it.each([
    ['len(items) > 3 and not done', 'items.length > 3 && !(done)', { items: [1, 2, 3, 4], done: false }, true],
    ["x is None or y == 'a'", '', { x: null, y: 1 }, true],
    ["'a' if n >= 2 else 'b'", '', { n: 2 }, 'a'],
    ["'b' in list and 'z' not in list", '', { list: ['a', 'b'] }, true],
    ['items[-1]', '', { items: [1, 2, 3] }, 3],
    ["name.strip().upper() + '!'", '', { name: ' x ' }, 'X!'],
    ["d.get('k', 5) * 2", '', { d: {} }, 10],
    ["x | default('none') | upper", '', { x: null }, 'NONE'],
    ["{'a': 1, 'b': [True, None]}", '', {}, { a: 1, b: [true, null] }],
    ['7 // 2 + 7 % 2', '', {}, 4],
    ['steps.s.status_code', '', { steps: { s: { output: { status_code: 200 } } } }, 200],
    ["', '.join(names)", '', { names: ['a', 'b'] }, 'a, b'],
  ])('%s', (python, _js, scope, expected) => {
    expect(compileExpression(translateExpression(python)).evaluate(scope)).toEqual(expected);
  });

  it.each([
    '[x for x in y]',
    "f'{x}'",
    'lambda x: x',
    'foo(1)',
    'credentials.key',
    'config.x',
    'a b',
    "'open",
    'x | nope',
  ])('%s is reported, not guessed', (python) => {
    expect(() => translateExpression(python)).toThrow();
    const imported = importPythonDefinition({
      steps: [{ id: 'a', type: 'log', config: { message: `{{ ${python} }}` } }],
    });
    expect(imported.report).toMatchObject([{ step: 'a', field: 'config.message', level: 'lost' }]);
    expect(validateDefinition(imported.definition).errors).toEqual([]);
  });

  it.each([null, 5, [], {}, { steps: 'x' }, { steps: [null, 5, {}] }])('%j does not throw', (nonsense) => {
    expect(importPythonDefinition(nonsense).definition.format).toBe(1);
  });
});

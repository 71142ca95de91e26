import { describe, expect, it } from '@jest/globals';
import { gives, run, T0, type TestStep } from '../test/test-run.js';

const each = (config: object, steps: TestStep[], rest: object = {}): TestStep => ({
  id: 'each',
  type: 'foreach',
  config,
  steps,
  ...rest,
});

describe('foreach', () => {
  it('items evaluated once', () => {
    const it = run(
      [
        each({ items: '{{ variables.list }}' }, [
          { id: 'w', next: ['set'] },
          { id: 'set', type: 'set_variable', config: { name: 'list', value: [] } },
        ]),
      ],
      { variables: { list: [1, 2] } },
    );
    it.complete('each.0.w');
    it.complete('each.1.w');
    expect(it.end?.status).toBe('completed');
    expect(it.output('each')).toHaveLength(2);
  });

  it('not an array: fails', () => {
    for (const items of ['text', 5, null, { a: 1 }]) {
      const it = run([each({ items: '{{ inputs.items }}' }, [gives('x', 1)])], {}, { inputs: { items } });
      expect(it.end?.error?.code).toBe('items_not_array');
    }
  });

  it('empty: []', () => {
    const it = run([each({ items: [] }, [gives('x', 1)])]);
    expect(it.output('each')).toEqual([]);
    expect(it.recordsOf('iteration_started')).toHaveLength(0);
  });

  it('Its output has one entry an item, in order: what the only last step gave', () => {
    const it = run([
      each({ items: [10, 20, 30], concurrency: 3 }, [
        gives('a', '{{ item + loop.index }}', { next: ['w'] }),
        { id: 'w' },
      ]),
    ]);
    for (const index of [2, 0, 1]) it.complete(`each.${index}.w`, `r${index}`);
    expect(it.output('each')).toEqual(['r0', 'r1', 'r2']);
    expect(it.output('each.2.a')).toBe(32);
  });

  it('or an object by id when there are several (skipped: null)', () => {
    const it = run([
      each({ items: [1, 2] }, [
        gives('odd', '{{ item }}', { when: '{{ item % 2 == 1 }}' }),
        gives('x', '{{ [loop.first, loop.last] }}'),
      ]),
    ]);
    expect(it.output('each')).toEqual([
      { odd: 1, x: [true, false] },
      { odd: null, x: [false, true] },
    ]);
  });

  it('runs at most concurrency iterations at once, one when it is not given', () => {
    const it = run([each({ items: [1, 2, 3, 4], concurrency: 2 }, [{ id: 'w' }])]);
    expect(it.dispatched).toEqual(['each.0.w', 'each.1.w']);
    it.complete('each.1.w');
    expect(it.dispatched).toEqual(['each.0.w', 'each.1.w', 'each.2.w']);
    expect(run([each({ items: [1, 2] }, [{ id: 'w' }])]).dispatched).toEqual(['each.0.w']);
  });

  it('onItemError: fail aborts the other iterations and fails the container', () => {
    const it = run([each({ items: [1, 2, 3], concurrency: 2 }, [{ id: 'w' }])]);
    it.fail('each.1.w');
    expect(it.effectsOf('abort')).toEqual([{ type: 'abort', path: 'each.0.w', attempt: 1 }]);
    expect(it.statuses('each')).toEqual({ 'each.0.w': 'cancelled', 'each.1.w': 'failed' });
    expect(it.end).toMatchObject({ status: 'failed', error: { stepPath: 'each.1.w' } });
    expect(it.dispatched).not.toContain('each.2.w');
  });

  it('onItemError: continue puts null there and the error in steps.<id>.errors', () => {
    const it = run([
      each({ items: [1, 2, 3], onItemError: 'continue' }, [gives('x', '{{ item == 2 ? inputs.a.b.c : item }}')], {
        next: ['after'],
      }),
      gives('after', '{{ steps.each.errors.map(e => [e.index, e.code]) }}'),
    ]);
    expect(it.output('each')).toEqual([1, null, 3]);
    expect(it.output('after')).toEqual([[1, 'expression_failed']]);
  });

  it('a container that fails can be handled like any step', () => {
    const it = run([
      each({ items: [1] }, [{ id: 'w' }], { onError: ['alert'] }),
      gives('alert', '{{ steps.each.error.code }}'),
    ]);
    it.fail('each.0.w');
    expect(it.output('alert')).toBe('broken');
    expect(it.end?.status).toBe('completed');
  });

  it('a skipped container leaves one record', () => {
    const it = run([each({ items: [1, 2] }, [gives('x', 1)], { when: false })]);
    expect(it.records.filter((record) => record.path?.startsWith('each'))).toHaveLength(1);
  });
});

describe('while', () => {
  it('condition before each turn, sees variables, loop.index and loop.previous; output { iterations, last }', () => {
    const it = run(
      [
        {
          id: 'loop',
          type: 'while',
          config: { condition: '{{ variables.n < 3 && loop.index < 10 && loop.previous !== 99 }}', maxIterations: 5 },
          steps: [{ id: 'inc', type: 'set_variable', config: { name: 'n', value: '{{ variables.n + 1 }}' } }],
        },
      ],
      { variables: { n: 0 } },
    );
    expect(it.output('loop')).toEqual({ iterations: 3, last: 3 });
  });

  it('never true: no turn', () => {
    const it = run([{ id: 'loop', type: 'while', config: { condition: false }, steps: [gives('x', 1)] }]);
    expect(it.output('loop')).toEqual({ iterations: 0, last: null });
  });

  it('more than maxIterations fails', () => {
    const body = [gives('x', '{{ loop.index }}')];
    const it = run([
      { id: 'loop', type: 'while', config: { condition: '{{ loop.index < 3 }}', maxIterations: 2 }, steps: body },
    ]);
    expect(it.end?.error?.code).toBe('max_iterations');
    const enough = run([
      { id: 'loop', type: 'while', config: { condition: '{{ loop.index < 3 }}', maxIterations: 3 }, steps: body },
    ]);
    expect(enough.output('loop')).toEqual({ iterations: 3, last: 2 });
  });

  it('break ends it', () => {
    const it = run([
      {
        id: 'loop',
        type: 'while',
        config: { condition: true },
        steps: [
          {
            id: 'check',
            type: 'condition',
            config: { expression: '{{ loop.index == 2 }}' },
            branches: { true: ['out'], false: ['x'] },
          },
          { id: 'out', type: 'break' },
          gives('x', '{{ loop.index }}'),
        ],
      },
    ]);
    expect(it.output('loop')).toEqual({ iterations: 3, last: null });
  });

  it('a turn that fails fails the container', () => {
    const it = run([{ id: 'loop', type: 'while', config: { condition: true }, steps: [{ id: 'w' }] }]);
    it.complete('loop.0.w');
    it.fail('loop.1.w');
    expect(it.end?.error).toMatchObject({ code: 'broken', stepPath: 'loop.1.w' });
  });

  it('an error in the condition fails the container', () => {
    const it = run([{ id: 'loop', type: 'while', config: { condition: '{{ inputs.a.b.c }}' }, steps: [{ id: 'w' }] }]);
    expect(it.end?.error?.code).toBe('expression_failed');
  });
});

describe('a failure around a container', () => {
  it('lets the running steps of its iterations finish and starts no others', () => {
    const it = run([{ id: 'bad' }, each({ items: [1, 2, 3], concurrency: 2 }, [{ id: 'w' }])]);
    it.fail('bad');
    it.complete('each.0.w');
    expect(it.end).toBeUndefined();
    it.complete('each.1.w');
    expect(it.end?.status).toBe('failed');
    expect(it.statuses()).toMatchObject({ each: 'cancelled' });
    expect(it.dispatched).toEqual(['bad', 'each.0.w', 'each.1.w']);
  });

  it('times of records never come from a clock of its own', () => {
    const it = run([gives('a', 1)]);
    expect(it.records.every((record) => record.at === T0)).toBe(true);
  });
});

import { describe, expect, it } from '@jest/globals';
import { gives, run, type TestStep } from '../test/test-run.js';

const each = (config: object, steps: TestStep[], rest: object = {}): TestStep => ({
  id: 'each',
  type: 'foreach',
  config,
  steps,
  ...rest,
});

describe('break and continue', () => {
  const breaking = (at: string): TestStep[] => [
    { id: 'w', next: ['check'] },
    { id: 'check', type: 'condition', config: { expression: at }, branches: { true: ['out'], false: ['value'] } },
    { id: 'out', type: 'break' },
    gives('value', '{{ item }}'),
  ];

  it('break gives what a sequential run would: below the lowest breaking one finish, those above are aborted and dropped', () => {
    const it = run([each({ items: [0, 1, 2, 3, 4, 5], concurrency: 4 }, breaking('{{ item >= 1 }}'))]);
    it.complete('each.2.w');
    expect(it.effectsOf('abort').map((effect) => effect.path)).toEqual(['each.3.w']);
    it.complete('each.1.w');
    expect(it.end).toBeUndefined();
    it.complete('each.0.w');
    expect(it.output('each')).toEqual([0, null]);
    expect(it.end?.status).toBe('completed');
    expect(it.dispatched).not.toContain('each.4.w');
  });

  it('a sequential break ends the loop after its iteration', () => {
    const it = run([each({ items: [0, 1, 2] }, breaking('{{ item == 1 }}').slice(1))]);
    expect(it.output('each')).toEqual([0, null]);
    expect(it.recordsOf('iteration_started')).toHaveLength(2);
  });

  it('what still runs in the breaking iteration is cancelled', () => {
    const it = run([
      each({ items: [0, 1] }, [{ id: 'slow' }, { id: 'w', next: ['out'] }, { id: 'out', type: 'break' }]),
    ]);
    it.complete('each.0.w');
    expect(it.statuses('each')).toEqual({
      'each.0.slow': 'cancelled',
      'each.0.w': 'completed',
      'each.0.out': 'completed',
    });
    expect(it.end?.status).toBe('completed');
  });

  it('continue ends this iteration only', () => {
    const it = run([
      each({ items: [0, 1, 2] }, [
        {
          id: 'check',
          type: 'condition',
          config: { expression: '{{ item == 1 }}' },
          branches: { true: ['skip'], false: ['value'] },
        },
        { id: 'skip', type: 'continue' },
        gives('value', '{{ item }}'),
      ]),
    ]);
    expect(it.output('each')).toEqual([0, null, 2]);
  });

  it('both act on the innermost loop', () => {
    const it = run([
      each({ items: [0, 1] }, [
        { id: 'inner', type: 'foreach', config: { items: [5, 6, 7] }, steps: breaking('{{ item == 6 }}').slice(1) },
      ]),
    ]);
    expect(it.output('each')).toEqual([
      [5, null],
      [5, null],
    ]);
  });

  it('a failure above the breaking iteration is dropped', () => {
    const it = run([each({ items: [0, 1, 2], concurrency: 3, onItemError: 'continue' }, breaking('{{ item == 1 }}'))]);
    it.fail('each.2.w');
    it.complete('each.1.w');
    it.complete('each.0.w');
    expect(it.output('each')).toEqual([0, null]);
    expect(it.recordsOf('step_completed', 'each')[0]?.data['errors']).toEqual([]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { gives, run, TestRun } from '../test/test-run.js';

const file = (id: string) => ({ $file: { id, size: 100_000, contentType: 'application/json', sha256: 'ab' } });

describe('values that lie in files', () => {
  it('are handed on closed when nothing reads them', () => {
    const it = run([
      { id: 'a', next: ['b'] },
      { id: 'b', config: { body: '{{ steps.a.output }}' } },
    ]);
    it.complete('a', file('f1'));
    expect(it.dispatchOf('b')?.config).toEqual({ body: file('f1') });
    expect(it.effectsOf('load')).toEqual([]);
  });

  it('are loaded when an expression reaches into one, and never journaled', () => {
    const it = run([
      { id: 'a', next: ['sum', 'len'] },
      gives('sum', '{{ steps.a.output.items.length }}', { next: ['after'] }),
      gives('len', '{{ JSON.stringify(steps.a.output).length }}'),
      { id: 'after' },
    ]);
    const { records, effects } = it.complete('a', { items: file('f1') });
    expect(records).toHaveLength(1);
    expect(effects).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    expect(it.state.status).toBe('running');
    it.apply({ type: 'values_loaded', values: { f1: [1, 2, 3] } });
    expect([it.output('sum'), it.output('len')]).toEqual([3, '{"items":[1,2,3]}'.length]);
    expect(it.recordsOf('step_completed', 'a')[0]?.data['output']).toEqual({ items: file('f1') });
    expect(it.dispatched).toContain('after');
  });

  it('a new owner asks again', () => {
    const it = run([{ id: 'a', next: ['b'] }, gives('b', '{{ steps.a.output.x }}')]);
    it.complete('a', file('f1'));
    it.effects.length = 0;
    expect(it.takeOver()).toEqual([{ type: 'continue' }]);
    expect(it.effectsOf('load')).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    it.apply({ type: 'values_loaded', values: { f1: { x: 5 } } });
    expect(it.end?.output).toEqual({ b: 5 });
  });

  it('items of a foreach that lie in a file are loaded, also after the host has put them into one', () => {
    const steps = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ inputs.list }}' },
        steps: [{ id: 'w', config: { item: '{{ item }}' } }],
      },
    ];
    const it = run(steps, {}, { inputs: { list: file('f1') } });
    expect(it.effects).toEqual([{ type: 'load', fileIds: ['f1'] }]);
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    expect(it.recordsOf('iterations_planned')[0]?.data).toMatchObject({ items: file('f1'), count: 2 });
    it.takeOver();
    it.complete('each.0.w', 0);
    expect(it.effects.at(-1)).toEqual({ type: 'load', fileIds: ['f1'] });
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    expect(it.dispatchOf('each.1.w')?.config).toEqual({ item: 'b' });
  });

  it('items whose file is gone read as null instead of being asked for again and again', () => {
    const steps = [
      {
        id: 'each',
        type: 'foreach',
        config: { items: '{{ inputs.list }}' },
        steps: [{ id: 'w', config: { i: '{{ item }}' } }],
      },
    ];
    const it = run(steps, {}, { inputs: { list: file('f1') } });
    it.apply({ type: 'values_loaded', values: { f1: ['a', 'b'] } });
    it.takeOver();
    it.complete('each.0.w');
    expect(it.apply({ type: 'values_loaded', values: { f1: null } }).effects).toMatchObject([{ type: 'dispatch' }]);
    expect(it.dispatchOf('each.1.w')?.config).toEqual({ i: null });
  });

  it('the output of the run waits for them too', () => {
    const it = new TestRun({ output: '{{ steps.a.output.x }}', steps: [{ id: 'a', type: 'work' }] });
    it.complete('a', file('f1'));
    expect(it.end).toBeUndefined();
    it.apply({ type: 'values_loaded', values: { f1: { x: 'deep' } } });
    expect(it.end?.output).toBe('deep');
  });
});

import { describe, expect, it } from '@jest/globals';
import { gives, run } from '../test/test-run.js';

describe('flow steps', () => {
  it('switch: branches by case, default', () => {
    const cases = (value: unknown) =>
      run([
        { id: 's', type: 'switch', config: { value }, branches: { de: ['a'], '5': ['b'], default: ['c'] } },
        gives('a', 1),
        gives('b', 1),
        gives('c', 1),
      ]).statuses();
    expect(cases('de')).toMatchObject({ a: 'completed', b: 'skipped', c: 'skipped' });
    expect(cases(5)).toMatchObject({ b: 'completed', c: 'skipped' });
    expect(cases('fr')).toMatchObject({ a: 'skipped', c: 'completed' });
  });

  it('parallel takes every branch; output null', () => {
    const it = run([{ id: 'p', type: 'parallel', branches: { x: ['a'], y: ['b'] } }, { id: 'a' }, { id: 'b' }]);
    expect(it.dispatched).toEqual(['a', 'b']);
    expect(it.output('p')).toBeNull();
  });

  it('stop ends the whole run as completed, from inside a container too', () => {
    const it = run(
      [
        gives('a', 1),
        { id: 'slow' },
        {
          id: 'each',
          type: 'foreach',
          config: { items: [1, 2] },
          steps: [
            { id: 'w', next: ['halt'] },
            { id: 'halt', type: 'stop' },
          ],
        },
      ],
      { output: '{{ steps.a.output }}' },
    );
    it.complete('each.0.w');
    expect(it.end).toEqual({ status: 'completed', output: 1, error: null });
    expect(it.statuses()).toEqual({ a: 'completed', slow: 'cancelled', each: 'cancelled' });
    expect(it.effectsOf('abort').map((effect) => effect.path)).toEqual(['slow']);
  });

  it('respond: the first one wins, without a waiter it completes with delivered: false', () => {
    const steps = [
      { id: 'one', type: 'respond', config: { status: 201, headers: { 'x-n': 5 }, body: { ok: true } }, next: ['two'] },
      { id: 'two', type: 'respond', config: { body: 'late' } },
    ];
    const it = run(steps, {}, { hasWaiter: true });
    expect(it.effectsOf('respond')).toEqual([
      { type: 'respond', status: 201, headers: { 'x-n': '5' }, body: { ok: true } },
    ]);
    expect([it.output('one'), it.output('two')]).toEqual([{ delivered: true }, { delivered: false }]);
    expect(run(steps).effectsOf('respond')).toEqual([]);
  });
});

describe('retry and rerun', () => {
  it('adopt settled steps instead of running them; pure steps that write variables run again', () => {
    const it = run(
      [
        { id: 'a', next: ['set'] },
        { id: 'set', type: 'set_variable', config: { name: 'n', value: '{{ steps.a.output }}' }, next: ['check'] },
        { id: 'check', type: 'condition', config: { expression: true }, branches: { true: ['b'], false: ['c'] } },
        gives('b', '{{ variables.n }}'),
        gives('c', 1),
      ],
      {},
      {
        rerunOf: 'old',
        adopt: [
          { path: 'a', status: 'completed', output: 7 },
          { path: 'set', status: 'completed', output: 6 },
          { path: 'check', status: 'completed', output: true },
        ],
      },
    );
    expect(it.dispatched).toEqual([]);
    expect(it.recordsOf('step_adopted').map((record) => record.path)).toEqual(['a', 'check']);
    expect(it.output('b')).toBe(7);
    expect(it.statuses()['c']).toBe('skipped');
  });

  it('a failure that nothing handled runs again, a handled one is taken over', () => {
    const error = { code: 'x', message: 'x', retryable: false };
    const adopt = [
      { path: 'a', status: 'failed' as const, error },
      { path: 'b', status: 'failed' as const, error },
    ];
    const it = run([{ id: 'a' }, { id: 'b', onError: 'continue' }], {}, { adopt });
    expect(it.dispatched).toEqual(['a']);
    expect(it.statuses()).toEqual({ a: 'running', b: 'failed' });
  });
});

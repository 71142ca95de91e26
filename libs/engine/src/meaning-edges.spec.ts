import { describe, expect, it } from '@jest/globals';
import { gives, run } from '../test/test-run.js';

describe('Edges are next, branches and onError routes', () => {
  it('Roots are steps that no edge names', () => {
    const it = run([{ id: 'a', next: ['c'] }, { id: 'b' }, { id: 'c' }]);
    expect(it.dispatched).toEqual(['a', 'b']);
  });

  it('completed: next and the chosen branches taken, other branches and routes not', () => {
    const it = run([
      {
        id: 'check',
        type: 'condition',
        config: { expression: '{{ 1 < 2 }}' },
        next: ['always'],
        branches: { true: ['yes'], false: ['no'] },
        onError: ['alert'],
      },
      gives('always', 1),
      gives('yes', 1),
      gives('no', 1),
      gives('alert', 1),
    ]);
    expect(it.statuses()).toEqual({
      check: 'completed',
      always: 'completed',
      yes: 'completed',
      no: 'skipped',
      alert: 'skipped',
    });
  });

  it('failed for good: under route only the route is taken', () => {
    const it = run([
      { id: 'a', next: ['b'], onError: { action: 'route', steps: ['alert'] } },
      { id: 'b' },
      gives('alert', 1),
    ]);
    it.fail('a');
    expect(it.statuses()).toEqual({ a: 'failed', b: 'skipped', alert: 'completed' });
    expect(it.end?.status).toBe('completed');
  });

  it('failed for good: under continue next is taken (status failed, output null)', () => {
    const it = run([
      { id: 'a', next: ['b'], onError: 'continue' },
      gives('b', '{{ [steps.a.status, steps.a.output, steps.a.error.code] }}'),
    ]);
    it.fail('a');
    expect(it.output('b')).toEqual(['failed', null, 'broken']);
    expect(it.end?.status).toBe('completed');
  });

  it('failed for good: else none', () => {
    const it = run([{ id: 'a', next: ['b'] }, { id: 'b' }]);
    it.fail('a');
    expect(it.dispatched).toEqual(['a']);
    expect(it.end?.status).toBe('failed');
  });

  it('skipped or cancelled: none', () => {
    const it = run([
      gives('a', 1, { when: '{{ false }}', next: ['b'] }),
      gives('b', 1, { next: ['c'] }),
      gives('c', 1),
    ]);
    expect(it.statuses()).toEqual({ a: 'skipped', b: 'skipped', c: 'skipped' });
    expect(it.end).toEqual({ status: 'completed', output: {}, error: null });
  });

  it('A target that several lists name is taken if any of them is', () => {
    const it = run([
      {
        id: 'check',
        type: 'condition',
        config: { expression: false },
        branches: { true: ['both', 'yes'], false: ['both'] },
      },
      gives('both', 1),
      gives('yes', 1),
    ]);
    expect(it.statuses()).toEqual({ check: 'completed', both: 'completed', yes: 'skipped' });
    expect(it.recordsOf('step_completed', 'both')).toHaveLength(1);
  });
});

describe('Joins', () => {
  it('all: starts when every incoming edge is settled and at least one was taken', () => {
    const it = run([
      { id: 'a', next: ['join'] },
      { id: 'b', next: ['join'], when: '{{ false }}' },
      { id: 'c', next: ['join'] },
      gives('join', 1),
    ]);
    it.complete('a');
    expect(it.statuses()['join']).toBe('pending');
    it.complete('c');
    expect(it.statuses()['join']).toBe('completed');
  });

  it('any: starts at the first taken edge, once, and ignores the rest', () => {
    const it = run([{ id: 'a', next: ['join'] }, { id: 'b', next: ['join'] }, gives('join', 1, { join: 'any' })]);
    it.complete('b');
    expect(it.statuses()['join']).toBe('completed');
    it.complete('a');
    expect(it.recordsOf('step_completed', 'join')).toHaveLength(1);
    expect(it.end?.status).toBe('completed');
  });

  it('All settled and none taken: skipped, with any too', () => {
    const skipped = (id: string) => gives(id, 1, { when: '{{ false }}', next: ['all', 'any'] });
    const it = run([skipped('a'), skipped('b'), gives('all', 1), gives('any', 1, { join: 'any' })]);
    expect(it.statuses()).toEqual({ a: 'skipped', b: 'skipped', all: 'skipped', any: 'skipped' });
  });

  it('a skipped branch of a parallel never makes the join wait', () => {
    const it = run([
      { id: 'p', type: 'parallel', branches: { one: ['a'], two: ['b'] } },
      gives('a', 1, { next: ['join'] }),
      gives('b', 1, { when: '{{ false }}', next: ['join'] }),
      gives('join', 1),
    ]);
    expect(it.statuses()['join']).toBe('completed');
  });

  it('when is looked at once, when the join fires', () => {
    const it = run(
      [
        { id: 'a', next: ['set'] },
        { id: 'set', type: 'set_variable', config: { name: 'on', value: true }, next: ['late'] },
        gives('early', '{{ 1 }}', { when: '{{ variables.on }}' }),
        gives('late', '{{ 1 }}', { when: '{{ variables.on }}' }),
      ],
      { variables: { on: false } },
    );
    it.complete('a');
    expect(it.statuses()).toEqual({ a: 'completed', set: 'completed', early: 'skipped', late: 'completed' });
  });

  it('an error in when fails the step', () => {
    const it = run([gives('a', 1, { when: '{{ inputs.x.y.z }}' })]);
    expect(it.end).toMatchObject({ status: 'failed', error: { code: 'expression_failed', stepPath: 'a' } });
  });

  it('a diamond of 30 layers runs every step once', () => {
    const steps = [gives('s0', 0, { next: ['l0', 'r0'] })];
    for (let layer = 0; layer < 30; layer++) {
      const next = layer < 29 ? [`l${layer + 1}`, `r${layer + 1}`] : [];
      steps.push(gives(`l${layer}`, layer, { next }), gives(`r${layer}`, layer, { next }));
    }
    const it = run(steps);
    expect(it.recordsOf('step_completed')).toHaveLength(61);
    expect(it.end?.status).toBe('completed');
  });

  it('a disabled step passes its input edges on, output null', () => {
    const it = run([{ id: 'a', disabled: true, next: ['b'] }, gives('b', '{{ [steps.a.status, steps.a.output] }}')]);
    expect(it.dispatched).toEqual([]);
    expect(it.output('b')).toEqual(['completed', null]);
  });
});

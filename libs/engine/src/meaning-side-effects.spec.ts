import { describe, expect, it } from '@jest/globals';
import { gives, run } from '../test/test-run.js';

describe('Side effects', () => {
  it('keyed: the step gets the stable key <executionId>:<path>, the same for every attempt and delivery', () => {
    const it = run([{ id: 'a', type: 'http_request', config: { method: 'POST' }, retry: { maxAttempts: 2 } }]);
    const first = it.dispatchOf('a');
    expect(first).toMatchObject({ sideEffect: 'keyed', idempotencyKey: '0197-run:a', delivery: 1 });
    it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery: 1, reason: 'owner_moved' });
    expect(it.dispatchOf('a')).toEqual({ ...first, delivery: 2 });
    it.fail('a', { retryable: true });
    it.fire('retry:a:1');
    expect(it.dispatchOf('a')).toEqual({ ...first, attempt: 2, delivery: 1 });
  });

  it('the class may hang on the config, and sideEffect on the step overrides', () => {
    const it = run([
      { id: 'get', type: 'http_request', config: { method: 'GET' } },
      { id: 'once', type: 'http_request', config: { method: 'GET' }, sideEffect: 'once' },
    ]);
    expect(it.dispatchOf('get')?.sideEffect).toBe('idempotent');
    expect(it.dispatchOf('once')?.sideEffect).toBe('once');
  });

  it('once: the start is committed and then granted, to one worker', () => {
    const it = run([{ id: 'a', type: 'pay' }]);
    const ask = (worker: string) => it.apply({ type: 'step_start_requested', path: 'a', attempt: 1, worker });
    expect(ask('w1').records.map((record) => record.type)).toEqual(['step_starting']);
    expect(ask('w1')).toMatchObject({ records: [], effects: [{ granted: true }] });
    expect(ask('w2')).toMatchObject({ records: [], effects: [{ granted: false }] });
    it.complete('a');
    expect(ask('w1').effects).toMatchObject([{ granted: false }]);
  });

  it('once: an unknown outcome parks the run as needs_decision', () => {
    const it = run([{ id: 'a', type: 'pay', next: ['b'] }, gives('b', '{{ steps.a.output }}')]);
    it.apply({ type: 'step_start_requested', path: 'a', attempt: 1, worker: 'w1' });
    it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery: 1, reason: 'worker_died' });
    expect(it.state.status).toBe('needs_decision');
    expect(it.effectsOf('decision_required')).toEqual([
      { type: 'decision_required', path: 'a', reason: 'worker_died' },
    ]);
    expect(it.takeOver()).toEqual(it.effectsOf('decision_required'));
    it.apply({ type: 'decision_made', path: 'a', decision: 'complete', output: { id: 1 }, by: 'u' });
    expect(it.output('b')).toEqual({ id: 1 });
  });

  it('once without a grant was never begun, so it is sent again', () => {
    const it = run([{ id: 'a', type: 'pay' }]);
    it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery: 1, reason: 'worker_died' });
    expect(it.dispatchOf('a')?.delivery).toBe(2);
  });

  it('once past its deadline needs a decision, since it may have happened', () => {
    const it = run([{ id: 'a', type: 'pay' }]);
    it.apply({ type: 'step_start_requested', path: 'a', attempt: 1, worker: 'w1' });
    it.apply({ type: 'deadline_passed', path: 'a', attempt: 1 });
    expect(it.state.status).toBe('needs_decision');
    it.complete('a', 'after all');
    expect(it.end).toMatchObject({ status: 'completed', output: { a: 'after all' } });
  });

  it.each([
    ['retry', ['a', 'a'], 'running'],
    ['skip', ['a'], 'completed'],
  ] as const)('decision %s', (decision, dispatched, status) => {
    const it = run([{ id: 'a', type: 'pay' }]);
    it.apply({ type: 'step_start_requested', path: 'a', attempt: 1, worker: 'w1' });
    it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery: 1, reason: 'worker_died' });
    it.apply({ type: 'decision_made', path: 'a', decision });
    expect(it.dispatched).toEqual(dispatched);
    expect(it.state.status).toBe(status);
    expect(it.apply({ type: 'decision_made', path: 'a', decision }).records).toEqual([]);
  });

  it('a delivery that is known to be gone already is not counted twice', () => {
    const it = run([{ id: 'a' }]);
    const lost = (delivery: number) =>
      it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery, reason: 'worker_died' });
    lost(1);
    expect(lost(1).records).toEqual([]);
    expect(it.dispatched).toHaveLength(2);
    it.complete('a', 'from the first delivery');
    expect(it.end?.status).toBe('completed');
  });

  it('a step that takes workers down is given up; a moved owner does not count', () => {
    const it = run([{ id: 'a' }]);
    const lost = (delivery: number, reason: string) =>
      it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery, reason });
    lost(1, 'owner_moved');
    lost(2, 'worker_died');
    lost(3, 'owner_moved');
    lost(4, 'worker_died');
    expect(it.end).toBeUndefined();
    lost(5, 'worker_died');
    expect(it.end?.error?.code).toBe('worker_died');
  });
});

import { describe, expect, it } from '@jest/globals';
import { gives, run, T0 } from '../test/test-run.js';

describe('Timeouts', () => {
  it("a step's is for one attempt from hand-over to a worker", () => {
    const it = run([{ id: 'a', timeout: '5s', retry: { maxAttempts: 2, delay: '1s', jitter: false } }]);
    expect(it.dispatchOf('a')?.timeoutMs).toBe(5000);
    it.apply({ type: 'deadline_passed', path: 'a', attempt: 1 });
    expect(it.effectsOf('abort')).toEqual([{ type: 'abort', path: 'a', attempt: 1 }]);
    it.fire('retry:a:1');
    it.apply({ type: 'deadline_passed', path: 'a', attempt: 1 });
    it.apply({ type: 'deadline_passed', path: 'a', attempt: 2 });
    expect(it.end?.error?.code).toBe('timeout');
  });

  it("a container's covers its whole body", () => {
    const it = run([
      {
        id: 'each',
        type: 'foreach',
        timeout: '1m',
        config: { items: [1, 2] },
        steps: [{ id: 'w' }],
        onError: ['alert'],
      },
      gives('alert', '{{ steps.each.error.code }}'),
    ]);
    expect(it.effectsOf('set_timer')).toEqual([{ type: 'set_timer', timer: 'timeout:each:1', dueAt: T0 + 60_000 }]);
    it.fire('timeout:each:1');
    expect(it.effectsOf('abort')).toEqual([{ type: 'abort', path: 'each.0.w', attempt: 1 }]);
    expect(it.output('alert')).toBe('timeout');
  });

  it('a container that ends in time clears its timer', () => {
    const it = run([{ id: 'each', type: 'foreach', timeout: '1m', config: { items: [1] }, steps: [{ id: 'w' }] }]);
    it.complete('each.0.w');
    expect(it.effectsOf('clear_timer')).toEqual([{ type: 'clear_timer', timer: 'timeout:each:1' }]);
  });

  it('a sub-workflow that takes too long is cancelled', () => {
    const it = run([{ id: 'sub', type: 'sub_workflow', timeout: '1m', config: { workflow: 'x' } }]);
    it.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c' });
    it.fire('timeout:sub:1');
    expect(it.effectsOf('cancel_child')).toHaveLength(1);
    expect(it.end?.error?.code).toBe('timeout');
  });

  it('settings.timeout ends the run as timed_out and cancels what runs', () => {
    const it = run([{ id: 'a', next: ['b'] }, { id: 'b' }], { settings: { timeout: '1h' } });
    expect(it.effectsOf('set_timer')).toEqual([{ type: 'set_timer', timer: 'run', dueAt: T0 + 3_600_000 }]);
    it.fire('run');
    expect(it.end).toMatchObject({ status: 'timed_out', error: { code: 'run_timeout' } });
    expect(it.statuses()).toEqual({ a: 'cancelled', b: 'skipped' });
  });

  it('settings.timeout leaves out the time paused', () => {
    const it = run([{ id: 'a' }], { settings: { timeout: '1h' } });
    it.at = T0 + 600_000;
    it.apply({ type: 'pause_requested' });
    expect(it.effectsOf('clear_timer')).toEqual([{ type: 'clear_timer', timer: 'run' }]);
    expect(it.fire('run').records).toEqual([]);
    it.at = T0 + 50_000_000;
    it.apply({ type: 'resume_requested' });
    expect(it.effectsOf('set_timer').at(-1)).toEqual({
      type: 'set_timer',
      timer: 'run',
      dueAt: T0 + 50_000_001 + 3_600_000 - 600_001,
    });
  });

  it('or waiting for a decision', () => {
    const it = run([{ id: 'a', type: 'pay' }], { settings: { timeout: '1h' } });
    it.apply({ type: 'step_start_requested', path: 'a', attempt: 1, worker: 'w1' });
    it.apply({ type: 'delivery_lost', path: 'a', attempt: 1, delivery: 1, reason: 'worker_died' });
    expect(it.effectsOf('clear_timer')).toHaveLength(1);
    const left = T0 + 3_600_000 - it.at;
    it.at += 1_000_000;
    it.apply({ type: 'decision_made', path: 'a', decision: 'retry' });
    expect(it.effectsOf('set_timer').at(-1)?.dueAt).toBe(it.at + left);
  });
});

describe('Cancel', () => {
  it('reaches every running step', () => {
    const it = run([
      { id: 'a' },
      { id: 'nap', type: 'delay', config: { duration: '1h' } },
      { id: 'each', type: 'foreach', config: { items: [1, 2], concurrency: 2 }, steps: [{ id: 'w' }] },
    ]);
    it.apply({ type: 'cancel_requested', by: 'u1', reason: 'wrong order' });
    expect(it.effectsOf('abort').map((effect) => effect.path)).toEqual(['a', 'each.0.w', 'each.1.w']);
    expect(it.effectsOf('clear_timer')).toEqual([{ type: 'clear_timer', timer: 'delay:nap:1' }]);
    expect(it.end).toEqual({ status: 'cancelled', output: null, error: null });
    expect(it.statuses()).toEqual({ a: 'cancelled', nap: 'cancelled', each: 'cancelled' });
  });

  it('what comes later is not in the journal, and a terminal state never changes', () => {
    const it = run([{ id: 'a' }]);
    it.apply({ type: 'cancel_requested' });
    for (const event of [
      { type: 'cancel_requested' as const },
      { type: 'pause_requested' as const },
      { type: 'resume_requested' as const },
      { type: 'continue' as const },
      { type: 'signal_received' as const, id: 's', name: 'x', payload: 1 },
      { type: 'timer_fired' as const, timer: 'run' },
      { type: 'values_loaded' as const, values: {} },
      { type: 'decision_made' as const, path: 'a', decision: 'retry' },
      { type: 'approval_decided' as const, path: 'a', decision: 'approved' },
    ]) {
      expect(it.apply(event)).toEqual({ records: [], effects: [] });
    }
    expect(it.complete('a').records).toEqual([]);
    expect(it.state.status).toBe('cancelled');
  });

  it('a once step cut off so is marked outcome: unknown', () => {
    const it = run([{ id: 'granted', type: 'pay' }, { id: 'not_granted', type: 'pay' }, { id: 'idem' }]);
    it.apply({ type: 'step_start_requested', path: 'granted', attempt: 1, worker: 'w1' });
    it.apply({ type: 'cancel_requested' });
    const outcomes = it.recordsOf('step_cancelled').map((record) => [record.path, record.data['outcome']]);
    expect(outcomes).toEqual([
      ['granted', 'unknown'],
      ['not_granted', undefined],
      ['idem', undefined],
    ]);
  });

  it('a run of many steps is cancelled over several transitions', () => {
    const it = run([
      {
        id: 'each',
        type: 'foreach',
        config: { items: Array.from({ length: 1200 }, (_, i) => i), concurrency: 2000 },
        steps: [{ id: 'w' }],
      },
    ]);
    const goOn = () => {
      while (it.effects.at(-1)?.type === 'continue') it.apply({ type: 'continue' });
    };
    goOn();
    expect(it.dispatched).toHaveLength(1200);
    const { records } = it.apply({ type: 'cancel_requested' });
    expect(records.length).toBeLessThan(520);
    expect(it.end).toBeUndefined();
    it.complete('each.1100.w');
    goOn();
    expect(it.end?.status).toBe('cancelled');
    expect(it.recordsOf('step_cancelled').length + it.recordsOf('step_completed').length).toBe(1201);
  });
});

describe('Pause', () => {
  it('lets running steps finish and starts none', () => {
    const it = run([{ id: 'a', next: ['b'] }, { id: 'b' }]);
    it.apply({ type: 'pause_requested', by: 'u' });
    expect(it.state.status).toBe('paused');
    expect(it.apply({ type: 'pause_requested' }).records).toEqual([]);
    it.complete('a');
    expect(it.dispatched).toEqual(['a']);
    it.apply({ type: 'resume_requested' });
    expect(it.dispatched).toEqual(['a', 'b']);
    expect(it.apply({ type: 'resume_requested' }).records).toEqual([]);
  });

  it('a retry that comes due while paused starts at the resume', () => {
    const it = run([{ id: 'a', retry: { maxAttempts: 2 } }]);
    it.fail('a', { retryable: true });
    it.apply({ type: 'pause_requested' });
    it.fire('retry:a:1');
    expect(it.dispatched).toEqual(['a']);
    it.apply({ type: 'resume_requested' });
    expect(it.dispatched).toEqual(['a', 'a']);
  });

  it('a paused run can be cancelled', () => {
    const it = run([{ id: 'a' }]);
    it.apply({ type: 'pause_requested' });
    it.apply({ type: 'cancel_requested' });
    expect(it.end?.status).toBe('cancelled');
  });
});

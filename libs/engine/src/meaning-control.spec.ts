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

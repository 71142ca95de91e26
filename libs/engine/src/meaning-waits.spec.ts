import { describe, expect, it } from '@jest/globals';
import { gives, run, T0 } from '../test/test-run.js';

const start = { at: T0 };

describe('delay', () => {
  it('waits for its duration with a timer', () => {
    const it = run([{ id: 'nap', type: 'delay', config: { duration: '2h' }, next: ['after'] }, gives('after', 1)]);
    expect(it.effects).toContainEqual({ type: 'set_timer', timer: 'delay:nap:1', dueAt: T0 + 7_200_000 });
    expect(it.state.status).toBe('waiting');
    expect(it.fire('delay:other:1').records).toEqual([]);
    it.fire('delay:nap:1');
    expect(it.end?.status).toBe('completed');
    expect(it.fire('delay:nap:1').records).toEqual([]);
  });

  it('until a point in time; one that has passed completes at once', () => {
    const until = new Date(T0 + 5000).toISOString();
    const it = run([{ id: 'nap', type: 'delay', config: { until } }]);
    expect(it.effects).toContainEqual({ type: 'set_timer', timer: 'delay:nap:1', dueAt: T0 + 5000 });
    expect(run([{ id: 'nap', type: 'delay', config: { until } }], {}, { at: T0 + 5000 }).end?.status).toBe('completed');
  });

  it.each([{ duration: 'P1000Y' }, { duration: '4000d' }, { until: 'soon' }, { duration: 5 }])('%j fails', (config) => {
    const it = run([{ id: 'nap', type: 'delay', config }], {}, start);
    expect(it.end?.error?.code).toBe('config_invalid');
  });
});

describe('wait_for_signal', () => {
  const waiting = (config: object = { name: 'paid' }) =>
    run([{ id: 'w', type: 'wait_for_signal', config }, { id: 'slow' }]);

  it('waits for a signal by name and gives its payload', () => {
    const it = waiting();
    expect(it.apply({ type: 'signal_received', id: 's1', name: 'other', payload: 1 }).records).toHaveLength(1);
    it.apply({ type: 'signal_received', id: 's2', name: 'paid', payload: { amount: 5 } });
    expect(it.output('w')).toEqual({ amount: 5 });
  });

  it('a signal that came early counts, once', () => {
    const it = run([
      { id: 'slow', next: ['one'] },
      { id: 'one', type: 'wait_for_signal', config: { name: 'go' }, next: ['two'] },
      { id: 'two', type: 'wait_for_signal', config: { name: 'go' } },
    ]);
    it.apply({ type: 'signal_received', id: 's1', name: 'go', payload: 1 });
    expect(it.apply({ type: 'signal_received', id: 's1', name: 'go', payload: 1 }).records).toEqual([]);
    it.complete('slow');
    expect(it.statuses()).toMatchObject({ one: 'completed', two: 'waiting' });
    it.apply({ type: 'signal_received', id: 's2', name: 'go', payload: 2 });
    expect(it.end?.output).toEqual({ two: 2 });
  });

  it('one signal wakes the step that has waited longest', () => {
    const step = (id: string) => ({ id, type: 'wait_for_signal', config: { name: 'go' } });
    const it = run([step('a'), step('b')]);
    it.apply({ type: 'signal_received', id: 's1', name: 'go', payload: 1 });
    expect(it.statuses()).toEqual({ a: 'completed', b: 'waiting' });
  });

  it('fails after its timeout', () => {
    const it = waiting({ name: 'paid', timeout: '1m' });
    expect(it.effectsOf('set_timer')).toEqual([{ type: 'set_timer', timer: 'signal:w:1', dueAt: T0 + 60_000 }]);
    it.fire('signal:w:1');
    it.complete('slow');
    expect(it.end?.error?.code).toBe('signal_timeout');
  });

  it('clears the timer when the signal comes', () => {
    const it = waiting({ name: 'paid', timeout: '1m' });
    it.apply({ type: 'signal_received', id: 's', name: 'paid', payload: null });
    expect(it.effectsOf('clear_timer')).toEqual([{ type: 'clear_timer', timer: 'signal:w:1' }]);
  });
});

describe('approval', () => {
  const approval = (rest: object = {}) =>
    run([
      { id: 'ok', type: 'approval', config: { title: 'Pay?', timeout: '3d' }, ...rest },
      gives('yes', 'y'),
      gives('no', 'n'),
    ]);

  it('asks, and takes the branch of the decision', () => {
    const it = approval({ branches: { approved: ['yes'], rejected: ['no'] } });
    expect(it.effectsOf('request_approval')).toEqual([
      { type: 'request_approval', path: 'ok', config: { title: 'Pay?', timeout: '3d' }, expiresAt: T0 + 259_200_000 },
    ]);
    it.apply({ type: 'approval_decided', path: 'ok', decision: 'rejected', by: 'u1', data: { why: 'late' } });
    expect(it.statuses()).toEqual({ ok: 'completed', yes: 'skipped', no: 'completed' });
    expect(it.output('ok')).toEqual({ decision: 'rejected', by: 'u1', data: { why: 'late' } });
    expect(it.apply({ type: 'approval_decided', path: 'ok', decision: 'approved' }).records).toEqual([]);
  });

  it('without branches an approval goes on and a rejection fails', () => {
    const yes = approval({ next: ['yes'] });
    yes.apply({ type: 'approval_decided', path: 'ok', decision: 'approved' });
    expect(yes.end?.status).toBe('completed');
    const no = approval({ next: ['yes'] });
    no.apply({ type: 'approval_decided', path: 'ok', decision: 'rejected' });
    expect(no.end?.error?.code).toBe('approval_rejected');
  });

  it('a decision that the step does not offer changes nothing', () => {
    const it = approval({ branches: { approved: ['yes'] } });
    expect(it.apply({ type: 'approval_decided', path: 'ok', decision: 'constructor' }).records).toEqual([]);
  });

  it('expires', () => {
    const it = approval({ onError: ['no'] });
    it.fire('approval:ok:1');
    expect(it.statuses()).toMatchObject({ ok: 'failed', no: 'completed' });
  });
});

describe('sub_workflow', () => {
  const parent = (rest: object = {}, start: object = {}) =>
    run(
      [
        {
          id: 'sub',
          type: 'sub_workflow',
          config: { workflow: 'invoice', inputs: { id: '{{ inputs.id }}' }, version: 4 },
          next: ['after'],
          ...rest,
        },
        gives('after', '{{ steps.sub.output }}'),
      ],
      {},
      { inputs: { id: 'o' }, ...start },
    );
  const ended = (status: string, output: unknown = null, attempt = 1) => ({
    type: 'child_ended' as const,
    path: 'sub',
    attempt,
    executionId: `c-${attempt}`,
    status,
    output,
    error: { code: 'x', message: 'bad', retryable: false },
  });

  it('starts a child with a stable key and gives its output', () => {
    const it = parent();
    expect(it.effectsOf('start_child')).toEqual([
      {
        type: 'start_child',
        path: 'sub',
        attempt: 1,
        key: '0197-run:sub:1',
        workflow: 'invoice',
        version: 4,
        inputs: { id: 'o' },
        depth: 1,
        priority: 5,
      },
    ]);
    expect(it.takeOver()).toEqual(it.effectsOf('start_child'));
    it.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c-1' });
    expect(it.state.status).toBe('waiting');
    expect(it.takeOver()).toEqual([]);
    it.apply(ended('completed', { ok: 1 }));
    expect(it.output('after')).toEqual({ ok: 1 });
  });

  it('depth 16', () => {
    expect(parent({}, { depth: 15 }).effectsOf('start_child')).toHaveLength(1);
    expect(parent({}, { depth: 16 }).end?.error?.code).toBe('depth_exceeded');
  });

  it('cancel reaches it, also when the child starts late', () => {
    const it = parent();
    it.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c-1' });
    it.apply({ type: 'cancel_requested' });
    expect(it.effectsOf('cancel_child')).toEqual([{ type: 'cancel_child', path: 'sub', executionId: 'c-1' }]);
    const late = parent();
    late.apply({ type: 'cancel_requested' });
    const { effects, records } = late.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c-1' });
    expect(records).toEqual([]);
    expect(effects).toEqual([{ type: 'cancel_child', path: 'sub', executionId: 'c-1' }]);
  });

  it('a cancelled child fails the step', () => {
    const it = parent({ retry: { maxAttempts: 3 } });
    it.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c-1' });
    it.apply(ended('cancelled'));
    expect(it.end?.error?.code).toBe('child_cancelled');
  });

  it('retry starts a new child', () => {
    const it = parent({ retry: { maxAttempts: 2, delay: '1s', jitter: false } });
    it.apply({ type: 'child_started', path: 'sub', attempt: 1, executionId: 'c-1' });
    it.apply(ended('failed'));
    it.fire('retry:sub:1');
    expect(it.effectsOf('start_child').map((effect) => effect.key)).toEqual(['0197-run:sub:1', '0197-run:sub:2']);
    it.apply({ type: 'child_started', path: 'sub', attempt: 2, executionId: 'c-2' });
    expect(it.apply(ended('completed', 1)).records).toEqual([]);
    it.apply(ended('completed', 2, 2));
    expect(it.output('after')).toBe(2);
  });

  it('a result of a worker cannot end it', () => {
    expect(parent().complete('sub', 'forged').records).toEqual([]);
  });
});

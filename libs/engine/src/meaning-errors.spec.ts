import { describe, expect, it } from '@jest/globals';
import { gives, run, T0 } from '../test/test-run.js';

const RETRY = { maxAttempts: 3, backoff: 'exponential', delay: '1s', maxDelay: '60s', jitter: false };

describe('Errors', () => {
  it('Only retryable errors are retried', () => {
    const it = run([{ id: 'a', retry: RETRY }]);
    it.fail('a', { retryable: false });
    expect(it.end).toEqual({
      status: 'failed',
      output: null,
      error: { code: 'broken', message: 'It broke', stepPath: 'a' },
    });
  });

  it('maxAttempts counts the first', () => {
    const it = run([{ id: 'a', retry: RETRY }]);
    it.fail('a', { retryable: true });
    it.fire('retry:a:1');
    it.fail('a', { retryable: true }, 2);
    it.fire('retry:a:2');
    it.fail('a', { retryable: true }, 3);
    expect(it.dispatched).toEqual(['a', 'a', 'a']);
    expect(it.end?.status).toBe('failed');
  });

  it.each([
    ['exponential', [1000, 2000, 4000]],
    ['linear', [1000, 2000, 3000]],
    ['fixed', [1000, 1000, 1000]],
  ])('%s backoff', (backoff, delays) => {
    const it = run([{ id: 'a', retry: { ...RETRY, backoff, maxAttempts: 4 } }]);
    const seen = delays.map((_, index) => {
      const { effects } = it.fail('a', { retryable: true }, index + 1);
      const timer = effects.find((effect) => effect.type === 'set_timer');
      const delay = (timer?.dueAt ?? 0) - it.at;
      it.fire(`retry:a:${index + 1}`);
      return delay;
    });
    expect(seen).toEqual(delays);
  });

  it('the delay is never longer than maxDelay, and jitter takes at most half of it away, the same on every replay', () => {
    const it = run([{ id: 'a', retry: { ...RETRY, maxDelay: '1s', delay: '30s', jitter: true } }]);
    const dueAt = (run: typeof it) =>
      run.fail('a', { retryable: true }).effects.find((e) => e.type === 'set_timer')?.dueAt ?? 0;
    const due = dueAt(it);
    expect(due - it.at).toBeGreaterThanOrEqual(500);
    expect(due - it.at).toBeLessThanOrEqual(1000);
    expect(dueAt(run([{ id: 'a', retry: { ...RETRY, maxDelay: '1s', delay: '30s', jitter: true } }]))).toBe(due);
  });

  it('the evaluated config of the first attempt is used again, never evaluated twice', () => {
    const it = run(
      [
        { id: 'a', config: { v: '{{ variables.n }}' }, retry: RETRY, next: [] },
        { id: 'b', next: ['set'] },
        { id: 'set', type: 'set_variable', config: { name: 'n', value: 2 } },
      ],
      { variables: { n: 1 } },
    );
    it.fail('a', { retryable: true });
    it.complete('b');
    it.fire('retry:a:1');
    expect(it.dispatchOf('a')).toMatchObject({ attempt: 2, config: { v: 1 }, idempotencyKey: '0197-run:a' });
  });

  it('A failure that something handles leaves the run completed', () => {
    const it = run([
      { id: 'a', onError: ['alert'] },
      { id: 'alert', type: 'log', join: 'any', config: { message: 'bad' } },
    ]);
    it.fail('a');
    expect(it.end?.status).toBe('completed');
    expect(it.effectsOf('log')).toEqual([{ type: 'log', path: 'alert', level: 'info', message: 'bad' }]);
  });

  it('One that nothing handles starts nothing new, lets running steps finish, then fails the run', () => {
    const it = run([{ id: 'bad' }, { id: 'slow', next: ['after'] }, { id: 'after' }]);
    it.fail('bad');
    expect(it.end).toBeUndefined();
    expect(it.state.status).toBe('running');
    it.complete('slow', 'done');
    expect(it.dispatched).toEqual(['bad', 'slow']);
    expect(it.end).toMatchObject({ status: 'failed', error: { code: 'broken', stepPath: 'bad' } });
    expect(it.statuses()).toEqual({ bad: 'failed', slow: 'completed', after: 'skipped' });
  });

  it('what only waits is cancelled then, and running children may finish', () => {
    const it = run([
      { id: 'bad' },
      { id: 'nap', type: 'delay', config: { duration: '1h' } },
      { id: 'sig', type: 'wait_for_signal', config: { name: 'go' } },
      { id: 'again', retry: RETRY },
      { id: 'child', type: 'sub_workflow', config: { workflow: 'other' } },
    ]);
    it.fail('again', { retryable: true });
    it.apply({ type: 'child_started', path: 'child', attempt: 1, executionId: 'c-1' });
    it.fail('bad');
    expect(it.statuses()).toEqual({
      bad: 'failed',
      nap: 'cancelled',
      sig: 'cancelled',
      again: 'cancelled',
      child: 'waiting',
    });
    expect(
      it
        .effectsOf('clear_timer')
        .map((effect) => effect.timer)
        .sort(),
    ).toEqual(['delay:nap:1', 'retry:again:1']);
    it.apply({ type: 'child_ended', path: 'child', attempt: 1, executionId: 'c-1', status: 'completed', output: 1 });
    expect(it.end?.status).toBe('failed');
  });

  it('in a container it fails the iteration', () => {
    const it = run([
      {
        id: 'each',
        type: 'foreach',
        config: { items: [0, 1], concurrency: 2, onItemError: 'continue' },
        steps: [{ id: 'a' }, { id: 'b', next: ['c'] }, { id: 'c' }],
        next: ['after'],
      },
      gives('after', '{{ [steps.each.output, steps.each.errors] }}'),
    ]);
    it.fail('each.0.a');
    it.complete('each.0.b');
    it.complete('each.1.a', 'A');
    it.complete('each.1.b');
    it.complete('each.1.c', 'C');
    expect(it.dispatched).not.toContain('each.0.c');
    expect(it.output('after')).toEqual([
      [null, { a: 'A', c: 'C' }],
      [{ index: 0, code: 'broken', message: 'It broke', retryable: false }],
    ]);
  });

  it("the execution's error adds stepPath", () => {
    const it = run([
      {
        id: 'each',
        type: 'foreach',
        config: { items: [0, 1] },
        steps: [gives('a', '{{ 1 }}', { next: ['b'] }), { id: 'b' }],
      },
    ]);
    it.complete('each.0.b');
    it.fail('each.1.b');
    expect(it.end?.error).toEqual({ code: 'broken', message: 'It broke', stepPath: 'each.1.b' });
  });

  it('a failed expression names the code and the place, never data', () => {
    const it = run([gives('a', { deep: '{{ inputs.secret.x.y }}' })], {}, { inputs: { secret: 'hunter2' } });
    expect(it.end?.error?.code).toBe('expression_failed');
    expect(JSON.stringify(it.records.slice(1))).not.toContain('hunter2');
  });

  it('fail is an ordinary failure', () => {
    const it = run(
      [
        {
          id: 'a',
          type: 'fail',
          config: { code: 'empty', message: 'No {{ inputs.what }}' },
          onError: 'continue',
          next: ['b'],
        },
        gives('b', '{{ steps.a.error }}'),
      ],
      {},
      { inputs: { what: 'order' } },
    );
    expect(it.output('b')).toEqual({ code: 'empty', message: 'No order', retryable: false });
  });

  it('details are at most 4 KiB', () => {
    const details = (text: string) => {
      const it = run([{ id: 'a' }]);
      it.fail('a', { details: { text } });
      return (it.recordsOf('step_failed')[0]?.data['error'] as { details?: unknown }).details;
    };
    expect(details('x')).toEqual({ text: 'x' });
    expect(details('x'.repeat(5000))).toBeUndefined();
  });

  it('a late or repeated result gives no records', () => {
    const it = run([{ id: 'a', retry: RETRY }, { id: 'b' }]);
    it.fail('a', { retryable: true });
    expect(it.complete('a', 1).records).toEqual([]);
    it.fire('retry:a:1');
    expect(it.complete('a', 1, 1).records).toEqual([]);
    it.complete('a', 2, 2);
    expect(it.complete('a', 3, 2).records).toEqual([]);
    expect(it.complete('nowhere.3.x').records).toEqual([]);
    expect(it.apply({ type: 'nonsense' as never }).records).toEqual([]);
    it.complete('b');
    expect(it.complete('b').records).toEqual([]);
    expect(it.state.startedAt).toBe(T0);
  });
});

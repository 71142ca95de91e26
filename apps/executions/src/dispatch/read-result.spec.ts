import { describe, expect, it } from '@jest/globals';
import { INLINE_VALUE_LIMIT } from '@rpa/contracts';
import { isResultOf, readOutcome } from './read-result.js';

const ref = { executionId: 'e', path: 'a', attempt: 1, delivery: 2 };
const result = { ...ref, organizationId: 'o', worker: 'w', outcome: { status: 'completed', output: 1 }, tookMs: 1 };

describe('isResultOf', () => {
  it('takes the answer to this attempt only', () => {
    expect(isResultOf(result, ref)).toBe(true);
    expect(isResultOf({ ...result, delivery: 1 }, ref)).toBe(true);
    for (const wrong of [
      { path: 'b' },
      { attempt: 2 },
      { executionId: 'x' },
      { outcome: { status: 'maybe' } },
      { worker: 1 },
    ])
      expect(isResultOf({ ...result, ...wrong }, ref)).toBe(false);
    for (const wrong of [null, 'x', [], {}]) expect(isResultOf(wrong, ref)).toBe(false);
  });
});

describe('readOutcome', () => {
  it('fails an output over the limit, counted in bytes', () => {
    const fits = 'x'.repeat(INLINE_VALUE_LIMIT - 2);
    expect(readOutcome({ status: 'completed', output: fits })).toEqual({ status: 'completed', output: fits });
    for (const output of [`${fits}x`, 'ü'.repeat(INLINE_VALUE_LIMIT / 2)])
      expect(readOutcome({ status: 'completed', output })).toMatchObject({
        status: 'failed',
        error: { code: 'output_too_large', retryable: false },
      });
  });

  it('takes no output for null and cuts errors to what the journal takes', () => {
    expect(readOutcome({ status: 'completed' } as never)).toEqual({ status: 'completed', output: null });
    const error = { code: 'c', message: 'm'.repeat(5_000), retryable: true, details: 'd'.repeat(5_000) };
    const read = readOutcome({ status: 'failed', error });
    expect(read).toEqual({ status: 'failed', error: { code: 'c', message: 'm'.repeat(2_000), retryable: true } });
    expect(readOutcome({ status: 'failed' } as never)).toMatchObject({
      error: { code: 'step_failed', retryable: false },
    });
  });
});

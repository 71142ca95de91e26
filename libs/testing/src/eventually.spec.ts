import { describe, expect, it } from '@jest/globals';
import { eventually } from './eventually.js';

describe('eventually', () => {
  it('answers what the check answers once it passes', async () => {
    let calls = 0;
    const check = () => {
      if (++calls < 4) throw new Error('not yet');
      return calls;
    };
    expect(await eventually(check)).toBe(4);
  });

  it('fails with the last failure when the time is over', async () => {
    let calls = 0;
    const check = () => Promise.reject(new Error(`failure ${++calls}`));
    const failed = await eventually(check, 40).catch((error: unknown) => error);
    expect(failed).toEqual(new Error(`failure ${calls}`));
    expect(calls).toBeGreaterThan(1);
  });
});

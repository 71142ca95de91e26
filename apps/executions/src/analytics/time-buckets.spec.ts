import { describe, expect, it } from '@jest/globals';
import { percentile, timeOf } from './time-buckets.js';

/** As the database does it. */
const bucket = (ms: number) => Math.floor((8 * Math.log(ms + 1)) / Math.log(2));

describe('time buckets', () => {
  it.each([0, 1, 5, 12, 99, 1_000, 59_999, 3_600_000, 30 * 86_400_000])('tell %d ms to within 5 %%', (ms) => {
    expect(Math.abs(timeOf(bucket(ms)) - ms)).toBeLessThanOrEqual(Math.max(1, ms * 0.05));
  });

  it('give the percentiles of what was put into them', () => {
    const times = Array.from({ length: 1_000 }, (_, n) => n + 1);
    const counts = new Map<number, number>();
    for (const ms of times) counts.set(bucket(ms), (counts.get(bucket(ms)) ?? 0) + 1);
    const buckets = [...counts].map(([key, runs]) => ({ bucket: key, runs })).reverse();
    for (const share of [0.5, 0.95, 0.99]) {
      const told = percentile(buckets, share) ?? 0;
      expect(Math.abs(told - 1_000 * share) / (1_000 * share)).toBeLessThan(0.1);
    }
    expect(percentile([], 0.5)).toBeNull();
    expect(percentile([{ bucket: 0, runs: 1 }], 0.99)).toBe(0);
  });
});

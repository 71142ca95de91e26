import { describe, expect, it } from '@jest/globals';
import { AppError } from '@rpa/contracts';
import { parseRateLimit, RateLimiter } from './rate-limit.js';

describe('parseRateLimit', () => {
  it('reads requests per time', () => {
    expect(parseRateLimit('600/1m')).toEqual({ requests: 600, windowMs: 60_000 });
  });

  it.each(['600', '0/1m', '1.5/1m', '600/m', 'x/1s', '10/0s'])('refuses %p', (text) => {
    expect(() => parseRateLimit(text)).toThrow('600/1m');
  });
});

describe('RateLimiter', () => {
  it('lets each caller have the limit, refills with time, and says when to come back', () => {
    let now = 0;
    const limiter = new RateLimiter({ requests: 2, windowMs: 10_000 }, () => now);
    const take = (caller: string): number => {
      try {
        limiter.take(caller);
        return 0;
      } catch (error) {
        return AppError.is(error) && error.code === 'rate_limited' ? (error.retryAfter ?? -1) : -1;
      }
    };
    expect([take('a'), take('a'), take('a'), take('b')]).toEqual([0, 0, 5, 0]);
    now = 4_000;
    expect(take('a')).toBe(1);
    now = 5_000;
    expect([take('a'), take('a')]).toEqual([0, 5]);
    now = 60_000;
    expect([take('a'), take('a'), take('a')]).toEqual([0, 0, 5]);
  });

  it('is off without a limit', () => {
    const limiter = new RateLimiter(null);
    for (let request = 0; request < 1_000; request++) expect(() => limiter.take('a')).not.toThrow();
  });
});

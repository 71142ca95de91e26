import { AppError } from '@rpa/contracts';
import { LRUCache } from 'lru-cache';
import { parseDuration } from '../http/duration.js';

/** So many requests in so many milliseconds. */
export interface RateLimit {
  requests: number;
  windowMs: number;
}

const CALLERS = 20_000;

export function parseRateLimit(text: string): RateLimit {
  const [requests, window] = text.split('/');
  const windowMs = parseDuration(window ?? '');
  const count = Number(requests);
  if (!windowMs || !Number.isInteger(count) || count < 1) throw new Error(`must be like 600/1m, not '${text}'`);
  return { requests: count, windowMs };
}

/**
 * A token bucket for each caller. Keeps the callers that came last; who is forgotten starts with a full bucket. What is
 * spent at other gateways is taken from it by `spend`.
 */
export class RateLimiter {
  private readonly buckets = new LRUCache<string, { tokens: number; at: number }>({ max: CALLERS });
  private spent = new Map<string, number>();

  constructor(
    private readonly limit: RateLimit | null,
    private readonly now: () => number = Date.now,
  ) {}

  /** @throws `rate_limited` with the seconds until the next request is allowed */
  take(caller: string): void {
    if (!this.limit) return;
    const { requests, windowMs } = this.limit;
    const bucket = this.bucketOf(caller, this.limit);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      this.spent.set(caller, (this.spent.get(caller) ?? 0) + 1);
      return;
    }
    const retryAfter = Math.ceil(((1 - bucket.tokens) * windowMs) / requests / 1_000);
    throw new AppError('rate_limited', `More than ${requests} requests in ${windowMs / 1_000} s.`, { retryAfter });
  }

  /** Takes what a caller has spent elsewhere; the bucket may go below empty, but never by more than a whole one. */
  spend(caller: string, requests: number): void {
    if (!this.limit) return;
    const bucket = this.bucketOf(caller, this.limit);
    bucket.tokens = Math.max(-this.limit.requests, bucket.tokens - requests);
  }

  /** What callers have spent here since it was last asked. */
  takeSpent(): [caller: string, requests: number][] {
    const spent = [...this.spent];
    this.spent = new Map();
    return spent;
  }

  private bucketOf(caller: string, { requests, windowMs }: RateLimit): { tokens: number; at: number } {
    const now = this.now();
    const bucket = this.buckets.get(caller) ?? { tokens: requests, at: now };
    bucket.tokens = Math.min(requests, bucket.tokens + ((now - bucket.at) * requests) / windowMs);
    bucket.at = now;
    this.buckets.set(caller, bucket);
    return bucket;
  }
}

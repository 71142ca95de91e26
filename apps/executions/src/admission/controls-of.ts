import { createHash } from 'node:crypto';
import type { Flow } from '@rpa/engine';
import type { Debounce, HeldStart, Lane, Rate } from './held-start.js';

/** What a start of this workflow is counted by, with names that fit into an index whatever the keys hold. */
export function controlsOf(workflowId: string, flow: Flow): Pick<HeldStart, 'lane' | 'rate' | 'debounce'> {
  const { concurrency, rateLimit, debounce } = flow;
  const lane: Lane | null = concurrency
    ? { key: nameOf(workflowId, concurrency.key), limit: concurrency.limit, policy: concurrency.onLimit }
    : null;
  const rate: Rate | null = rateLimit
    ? {
        key: nameOf(workflowId, rateLimit.key),
        limit: rateLimit.limit,
        periodMs: rateLimit.periodMs,
        policy: rateLimit.onLimit,
      }
    : null;
  const settling: Debounce | null = debounce
    ? { key: nameOf(workflowId, debounce.key), periodMs: debounce.periodMs, maxWaitMs: debounce.maxWaitMs ?? null }
    : null;
  return { lane, rate, debounce: settling };
}

function nameOf(workflowId: string, key: string): string {
  return key === '' ? workflowId : `${workflowId} ${createHash('sha256').update(key).digest('base64url')}`;
}

import { parseDuration } from '../definition/duration.js';
import type { DefinitionSettings } from '../definition/definition.js';
import { compileValue, type Template } from './template.js';

/** Flow control of a definition, its keys compiled and its durations in milliseconds. */
export interface PlanFlow {
  readonly concurrency?: {
    readonly limit: number;
    readonly onLimit: 'queue' | 'skip' | 'cancel_oldest';
    readonly key?: Template;
  };
  readonly rateLimit?: {
    readonly limit: number;
    readonly periodMs: number;
    readonly onLimit: 'queue' | 'skip';
    readonly key?: Template;
  };
  readonly debounce?: { readonly periodMs: number; readonly maxWaitMs?: number; readonly key?: Template };
}

export function planFlow(settings: DefinitionSettings | undefined): PlanFlow | undefined {
  const { concurrency, rateLimit, debounce } = settings ?? {};
  if (!concurrency && !rateLimit && !debounce) return undefined;
  const maxWaitMs = parseDuration(debounce?.maxWait);
  return {
    ...(concurrency && {
      concurrency: { limit: concurrency.limit, onLimit: concurrency.onLimit ?? 'queue', ...keyOf(concurrency) },
    }),
    ...(rateLimit && {
      rateLimit: {
        limit: rateLimit.limit,
        periodMs: parseDuration(rateLimit.period) ?? 0,
        onLimit: rateLimit.onLimit ?? 'queue',
        ...keyOf(rateLimit),
      },
    }),
    ...(debounce && {
      debounce: {
        periodMs: parseDuration(debounce.period) ?? 0,
        ...(maxWaitMs !== undefined && { maxWaitMs }),
        ...keyOf(debounce),
      },
    }),
  };
}

function keyOf({ key }: { key?: string }): { key?: Template } {
  return key === undefined ? {} : { key: compileValue(key) };
}

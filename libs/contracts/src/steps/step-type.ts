import type { JsonObject, JsonValue } from '../values/json.js';

/**
 * What may happen when a step's attempt is delivered twice, or when its outcome is unknown:
 * - `pure`: nothing outside changes; runs wherever and as often as needed.
 * - `idempotent`: the same call again has the same effect.
 * - `keyed`: the step gets a stable idempotency key and the other side recognises a repeat by it.
 * - `once`: nobody recognises a repeat; an unknown outcome waits for a person (`needs_decision`).
 */
export const SideEffect = { Pure: 'pure', Idempotent: 'idempotent', Keyed: 'keyed', Once: 'once' } as const;
export type SideEffect = (typeof SideEffect)[keyof typeof SideEffect];

/** A side-effect class that hangs on one config field, e.g. the HTTP method: `{ field: 'method', values: { GET: 'idempotent' } }`. */
export interface SideEffectRule {
  default: SideEffect;
  field?: string;
  values?: { [fieldValue: string]: SideEffect };
}

export interface RetryPolicy {
  /** Counts the first attempt; 1 means no retry. */
  maxAttempts: number;
  backoff: 'exponential' | 'linear' | 'fixed';
  /** A duration string such as `1s`. */
  delay: string;
  maxDelay: string;
  jitter: boolean;
}

/**
 * A step type as data: what its worker announces, the catalog keeps, and validator and editor read.
 * Ids of third parties are `vendor__name`; ids without `__` belong to this project.
 */
export interface StepTypeDescriptor {
  type: string;
  /** Whole number, raised when config or output change their meaning; a workflow version keeps the one it was saved with. */
  version: number;
  title: string;
  summary: string;
  category: 'flow' | 'data' | 'network' | 'ai' | 'files' | 'messaging' | 'database' | 'browser' | 'human' | 'other';
  /** JSON Schema 2020-12 of `config` after its expressions have been evaluated. */
  configSchema: JsonObject;
  outputSchema: JsonObject;
  /** Hints for the editor by config field: control name, label, placeholder, order. */
  ui?: { [field: string]: { control?: string; label?: string; placeholder?: string; help?: string } };
  sideEffect: SideEffectRule;
  /** Default time limit of one attempt, a duration string. */
  timeout: string;
  retry?: RetryPolicy;
  /** Codes of the errors it may fail with. */
  errors: { code: string; retryable: boolean; meaning: string }[];
  examples: { title: string; config: JsonObject; output?: JsonValue }[];
  /** Types of credential it can use; empty or absent: it takes none. */
  credentialTypes?: string[];
  /** Worker pool that runs it unless the step names another. */
  pool: string;
}

/** How a step failed. Only errors marked `retryable` are retried; `details` is at most 4 KiB of JSON. */
export interface StepError {
  code: string;
  message: string;
  retryable: boolean;
  details?: JsonValue;
}

/** What a definition may hold at most; each refusal names its limit. */
export const LIMITS = {
  steps: 10_000,
  /** Containers inside containers. */
  nesting: 32,
  /** UTF-8 bytes of the definition's JSON. */
  definitionBytes: 5 * 1024 * 1024,
  /** UTF-8 bytes of one expression. */
  expressionBytes: 10 * 1024,
  /** Objects and arrays inside each other, in configs and other free data. */
  jsonDepth: 100,
  /** Sub-workflows inside sub-workflows. */
  workflowDepth: 16,
  /** Items of one foreach. */
  items: 1_000_000,
  /** Turns of one while. */
  iterations: 1_000_000,
  maxAttempts: 100,
  /** Starts of one period of a rate limit. */
  rateLimitStarts: 10_000,
  /** Characters of the value of a flow control key as JSON. */
  flowKey: 1_000,
  /** Signals that came early and were not taken yet; more are refused where they are accepted. */
  bufferedSignals: 1_000,
} as const;

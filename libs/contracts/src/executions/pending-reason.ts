/**
 * What an accepted start waits for, in this order: that no other start comes (`debounce`), a free slot (`concurrency`), room
 * in the period (`rate_limit`), a place among the runs of its organization or in memory (`capacity`).
 */
export const PENDING_REASONS = ['debounce', 'concurrency', 'rate_limit', 'capacity'] as const;
export type PendingReason = (typeof PENDING_REASONS)[number];

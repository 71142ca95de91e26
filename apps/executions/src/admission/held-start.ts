import type { PendingReason } from '@rpa/contracts';
import type { StartInput } from '@rpa/engine';
import type { StartRow } from '../commit/append.js';

/** What a start passes before it begins, in this order. */
export type Stage = PendingReason;

/** Starts that wait for the same thing: a key of debounce, the slots of a lane, a rate, or their organization's turn. */
export interface Gate {
  organizationId: string;
  stage: Stage;
  key: string;
}

/** The slots that a run takes one of. */
export interface Lane {
  key: string;
  limit: number;
  policy: 'queue' | 'skip' | 'cancel_oldest';
}

export interface Rate {
  key: string;
  limit: number;
  periodMs: number;
  policy: 'queue' | 'skip';
}

export interface Debounce {
  key: string;
  periodMs: number;
  maxWaitMs: number | null;
}

/** A start that may not begin at once. */
export interface HeldStart {
  id: string;
  row: StartRow;
  /** What it begins with; kept in the run's inbox until then. */
  input: Omit<StartInput, 'at'>;
  lane: Lane | null;
  rate: Rate | null;
  debounce: Debounce | null;
}

/** Body of an inbox row of kind `start`. */
export interface StartBody {
  input: Omit<StartInput, 'at'>;
}

export function firstGate(held: HeldStart): Gate {
  const { row, lane, rate, debounce } = held;
  const { organizationId } = row;
  if (debounce) return { organizationId, stage: 'debounce', key: debounce.key };
  if (lane) return { organizationId, stage: 'concurrency', key: lane.key };
  if (rate) return { organizationId, stage: 'rate_limit', key: rate.key };
  return { organizationId, stage: 'capacity', key: placeOf(held) };
}

/** Children are never kept waiting for a place: their parents give up theirs only when they have ended. */
export const CHILDREN = 'children';

export function placeOf({ row }: HeldStart): string {
  return row.parent ? CHILDREN : '';
}

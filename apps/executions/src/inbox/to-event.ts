import type { TaskResult } from '@rpa/contracts';
import type { RunEvent } from '@rpa/engine';
import { readOutcome } from '../dispatch/read-result.js';
import type { ChildEnd } from '../runs/live-run.js';
import type { StoredStimulus } from './inbox.repository.js';

/** Body of a `cancel` row. */
export interface CancelWish {
  by?: string;
  reason?: string;
}

/** What an inbox row means to the engine; null for a kind that this version does not know. */
export function toEvent(row: StoredStimulus, at: number): RunEvent | null {
  if (row.kind === 'cancel') return { type: 'cancel_requested', at, ...(row.body as CancelWish) };
  if (row.kind === 'result') {
    const { path, attempt, outcome } = row.body as TaskResult;
    return { type: 'step_result', at, path, attempt, outcome: readOutcome(outcome) };
  }
  if (row.kind === 'child_ended') {
    const { error, ...end } = row.body as ChildEnd;
    return { type: 'child_ended', at, ...end, error: error && { ...error, retryable: false } };
  }
  return null;
}

import type { JsonValue, StepDecision, TaskResult } from '@rpa/contracts';
import type { RunEvent } from '@rpa/engine';
import { readOutcome } from '../dispatch/read-result.js';
import type { ChildEnd } from '../runs/live-run.js';
import type { StoredStimulus } from './inbox.repository.js';

/** Body of a `cancel` row. */
export interface CancelWish {
  by?: string;
  reason?: string;
}

/** Body of a `signal` row. */
export interface SignalBody {
  id: string;
  name: string;
  payload: JsonValue;
}

/** Body of a `decision` row. */
export interface DecisionBody {
  path: string;
  decision: StepDecision;
  output?: JsonValue;
  by?: string;
}

/** Body of an `approval` row. */
export interface ApprovalBody {
  path: string;
  decision: string;
  by: string;
  data: JsonValue;
}

/** What an inbox row means to the engine; null for a kind that this version does not know. */
export function toEvent(row: StoredStimulus, at: number): RunEvent | null {
  if (row.kind === 'cancel') return { type: 'cancel_requested', at, ...(row.body as CancelWish) };
  if (row.kind === 'pause') return { type: 'pause_requested', at, ...(row.body as { by?: string }) };
  if (row.kind === 'resume') return { type: 'resume_requested', at, ...(row.body as { by?: string }) };
  if (row.kind === 'signal') return { type: 'signal_received', at, ...(row.body as SignalBody) };
  if (row.kind === 'approval') return { type: 'approval_decided', at, ...(row.body as ApprovalBody) };
  if (row.kind === 'decision') return { type: 'decision_made', at, ...(row.body as DecisionBody) };
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

import type { JournalRecord, JsonObject } from '@rpa/contracts';
import { foldStarted } from '../fold/fold-started.js';
import type { Plan } from '../plan/plan.js';
import type { StartInput, Transition } from '../types.js';
import { endRun } from './close-run.js';
import { Turn } from './turn.js';

/** Starts a run that is cancelled before its first step: it was waiting for its turn. Nothing of it is done. */
export function cancelStart(plan: Plan, input: StartInput, wish: { by?: string; reason?: string }): Transition {
  const { at, ...start } = input;
  const data = { ...start, variables: {} } as unknown as JsonObject;
  const record: JournalRecord = { seq: 1, type: 'execution_started', at, data };
  const turn = new Turn(foldStarted(plan, record), at);
  turn.records.push(record);
  turn.record('cancel_requested', { by: wish.by ?? null, reason: wish.reason ?? null });
  endRun(turn, 'cancelled', null, null);
  return turn.finish();
}

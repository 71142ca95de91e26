import type { JsonObject } from '@rpa/contracts';
import type { StepState } from '../state/step-state.js';
import type { Turn } from './turn.js';

/** Sets the step's own limit, when the definition gives one, and notes it in the data of the record that starts the step. */
export function armTimeout(turn: Turn, step: StepState, data: JsonObject, attempt = 1): void {
  const limit = step.node.ownTimeoutMs;
  if (limit === undefined) return;
  const dueAt = turn.at + limit;
  data['deadline'] = dueAt;
  turn.effect({ type: 'set_timer', timer: `timeout:${step.path}:${attempt}`, dueAt });
}

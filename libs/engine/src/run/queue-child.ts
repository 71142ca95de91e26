import type { JsonObject } from '@rpa/contracts';
import { isObject } from '../definition/normalize.js';
import type { Run } from '../state/run.js';
import type { StepState } from '../state/step-state.js';
import type { Effect } from '../types.js';
import { armTimeout } from './step-timers.js';
import type { Turn } from './turn.js';

/** Starts the child of a sub-workflow step; every attempt has a child of its own. */
export function queueChild(turn: Turn, step: StepState, config: JsonObject): void {
  const attempt = step.attempt + 1;
  const data: JsonObject = { delivery: 1 };
  if (!step.config) Object.assign(data, { stepType: step.node.type, typeVersion: step.node.typeVersion, config });
  const former = turn.run.adoptions.get(step.path);
  if (former?.kind === 'child') {
    data['formerChild'] = former.executionId;
    turn.run.adoptions.delete(step.path);
  }
  armTimeout(turn, step, data, attempt);
  turn.record('step_queued', data, step, attempt);
  turn.effect(startChildOf(turn.run, step));
}

/** The start of a queued step's child; it follows from the state alone. */
export function startChildOf(run: Run, step: StepState): Effect {
  const { workflow, inputs, version } = step.config ?? {};
  return {
    type: 'start_child',
    path: step.path,
    attempt: step.attempt,
    key: `${run.executionId}:${step.path}:${step.attempt}`,
    workflow: String(workflow),
    version: typeof version === 'number' ? version : 'latest',
    inputs: isObject(inputs) ? inputs : {},
    depth: (run.start.depth ?? 0) + 1,
    priority: run.priority,
    ...(step.formerChild !== undefined && { formerChild: step.formerChild }),
  };
}

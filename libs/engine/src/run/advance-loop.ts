import type { JsonObject } from '@rpa/contracts';
import type { LoopState } from '../state/loop-state.js';
import type { StepState } from '../state/step-state.js';
import { stepError } from '../steps/step-failure.js';
import { cancelScope, clearTimers } from './cancel-step.js';
import { endIteration } from './end-iteration.js';
import { evaluate, openItems } from './evaluate.js';
import { failStep } from './fail-step.js';
import type { Turn } from './turn.js';

/** Moves a container on: aborts what is dropped, starts iterations, or ends the container. */
export function advanceLoop(turn: Turn, step: StepState): 'done' | 'blocked' {
  const { loop } = step;
  if (!loop) return 'done';
  if (loop.closing) return abortFrom(turn, step, loop, 0) ? fail(turn, step, loop, loop.closing.error) : 'done';
  if (loop.breakAt !== undefined && !abortFrom(turn, step, loop, loop.breakAt + 1)) return 'done';
  return step.node.type === 'foreach' ? advanceForeach(turn, step, loop) : advanceWhile(turn, step, loop);
}

/** Aborts the running iterations from an index on; false when the transition is full before all are aborted. */
function abortFrom(turn: Turn, step: StepState, loop: LoopState, index: number): boolean {
  for (const scope of [...loop.running.values()]) {
    if (scope.index < index) continue;
    if (turn.isFull || !cancelScope(turn, scope, 'aborted')) {
      turn.run.agenda.push({ kind: 'loop', step });
      return false;
    }
    endIteration(turn, scope, 'aborted');
  }
  return true;
}

function fail(turn: Turn, step: StepState, loop: LoopState, error: LoopFailure): 'done' {
  clearTimers(turn, step);
  failStep(turn, step, { ...error, retryable: false }, loop.failedAt);
  return 'done';
}
type LoopFailure = Parameters<typeof failStep>[2];

function advanceForeach(turn: Turn, step: StepState, loop: LoopState): 'done' | 'blocked' {
  const items = openItems(turn, loop);
  if (items.kind === 'blocked') return 'blocked';
  if (items.kind === 'error') return abortFrom(turn, step, loop, 0) ? fail(turn, step, loop, items.error) : 'done';
  while (loop.running.size < loop.concurrency && loop.next < loop.limit) {
    if (turn.isFull) {
      turn.run.agenda.push({ kind: 'loop', step });
      return 'done';
    }
    turn.record('iteration_started', { index: loop.next }, step);
  }
  if (loop.running.size > 0 || loop.next < loop.limit) return 'done';
  const output = Array.from({ length: loop.limit }, (_, index) => loop.outputs[index] ?? null);
  const errors = loop.errors.filter((error) => Number(error['index']) < loop.limit);
  const data: JsonObject = { output };
  if (loop.onItemError === 'continue') data['errors'] = errors;
  return complete(turn, step, data);
}

function advanceWhile(turn: Turn, step: StepState, loop: LoopState): 'done' | 'blocked' {
  if (loop.running.size > 0) return 'done';
  const finish = (): 'done' => complete(turn, step, { output: { iterations: loop.next, last: loop.previous } });
  const { condition } = step.node;
  if (loop.breakAt !== undefined || !condition) return finish();
  const view = { index: loop.next, first: loop.next === 0, previous: loop.previous };
  const again = evaluate(turn, step.scope, condition, `${step.path}:${loop.next}`, { loop: view });
  if (again.kind === 'blocked') return 'blocked';
  if (again.kind === 'error') return fail(turn, step, loop, again.error);
  if (!again.value) return finish();
  if (loop.next >= loop.count) {
    const message = `The loop did not end within its ${loop.count} iterations (maxIterations)`;
    return fail(turn, step, loop, stepError('max_iterations', message));
  }
  turn.record('iteration_started', { index: loop.next }, step);
  return 'done';
}

function complete(turn: Turn, step: StepState, data: JsonObject): 'done' {
  clearTimers(turn, step);
  turn.record('step_completed', data, step, 1);
  return 'done';
}

import type { JsonObject, JsonValue, StepError } from '@rpa/contracts';
import { holdsFile } from '../state/file-references.js';
import { LoopState } from '../state/loop-state.js';
import { ScopeState } from '../state/scope-state.js';
import type { StepState } from '../state/step-state.js';
import type { Fold, FoldTable } from './fold.js';
import { makeReady, setPhase } from './phases.js';

export type IterationStatus = 'completed' | 'failed' | 'broken' | 'continued' | 'aborted';

const planned: Fold = (run, record, step) => {
  if (!step) return;
  const { items, count, concurrency, onItemError, deadline } = record.data;
  const loop = new LoopState();
  loop.items = items ?? null;
  loop.count = count as number;
  loop.concurrency = (concurrency as number | undefined) ?? 1;
  loop.onItemError = (onItemError as LoopState['onItemError'] | undefined) ?? 'fail';
  run.holdsFiles ||= holdsFile(items);
  step.loop = loop;
  step.attempt = 1;
  step.deadline = deadline as number | undefined;
  setPhase(run, step, 'looping');
  run.agenda.push({ kind: 'loop', step });
};

const started: Fold = (run, record, step) => {
  const loop = step?.loop;
  if (!step?.node.body || !loop) return;
  const index = record.data['index'] as number;
  const scope = new ScopeState(step.node.body, step, index);
  loop.running.set(index, scope);
  loop.next = index + 1;
  for (const node of scope.plan.roots) makeReady(run, scope.step(node));
  if (loop.running.size < loop.concurrency) run.agenda.push({ kind: 'loop', step });
};

const ended: Fold = (run, record, step) => {
  const loop = step?.loop;
  if (!step || !loop) return;
  const index = record.data['index'] as number;
  const scope = loop.running.get(index);
  if (!scope) return;
  loop.running.delete(index);
  scope.closed = true;
  keepResult(step, loop, scope, record.data);
  run.agenda.push({ kind: 'loop', step });
};

function keepResult(step: StepState, loop: LoopState, scope: ScopeState, data: JsonObject): void {
  const status = data['status'] as IterationStatus;
  if (status === 'aborted') return;
  const isForeach = step.node.type === 'foreach';
  if (status !== 'failed') {
    const output = outputOf(scope);
    if (isForeach) loop.outputs[scope.index] = output;
    else loop.previous = output;
    return;
  }
  const error = data['error'] as unknown as StepError;
  if (isForeach && loop.onItemError === 'continue') {
    loop.outputs[scope.index] = null;
    loop.errors.push({ index: scope.index, ...(error as unknown as JsonObject) });
  } else {
    loop.closing ??= { error };
    loop.failedAt ??= data['stepPath'] as string | undefined;
  }
}

/** What the body's only last step gave, or an object by id when there are several. */
export function outputOf(scope: ScopeState): JsonValue {
  const { last } = scope.plan;
  const only = last[0];
  if (last.length === 1 && only) return scope.steps[only.index]?.output ?? null;
  if (!only) return null;
  return Object.fromEntries(last.map((node) => [node.id, scope.steps[node.index]?.output ?? null]));
}

export const LOOP_FOLDS: FoldTable = {
  iterations_planned: planned,
  iteration_started: started,
  iteration_ended: ended,
};

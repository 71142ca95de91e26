import type { JsonObject, JsonValue } from '@rpa/contracts';
import type { RunState } from '../types.js';
import type { Task } from './agenda.js';
import type { LoopState } from './loop-state.js';
import { runOf } from './run.js';
import type { ScopeState } from './scope-state.js';
import type { StepState } from './step-state.js';

export const SNAPSHOT_FORMAT = 1;

/**
 * The state as JSON; with the records after its `seq` it gives the same state as the whole journal. It shares values with
 * the state, so the host turns it into text before it applies another event.
 */
export function snapshotState(state: RunState): JsonValue {
  const run = runOf(state);
  return {
    format: SNAPSHOT_FORMAT,
    ...compact({
      seq: run.seq,
      startedAt: run.startedAt,
      lastAt: run.lastAt,
      start: run.start,
      variables: run.variables,
      paused: run.paused,
      closing: run.closing,
      end: run.end,
      response: run.response,
      dueAt: run.dueAt,
      remainingMs: run.remainingMs,
      holdsFiles: run.holdsFiles,
      settledSteps: run.settledSteps,
      earlySignals: run.earlySignals,
      seenSignals: [...run.seenSignals],
      signalWaiters: [...run.signalWaiters].map(([name, steps]) => [name, steps.map((step) => step.path)]),
      agenda: run.agenda.list(run).map(taskOf),
      root: scopeOf(run.root),
    }),
  };
}

function taskOf(task: Task): JsonValue {
  return task.kind === 'close' ? ['close', task.scope.prefix] : [task.kind, task.step.path];
}

function scopeOf(scope: ScopeState): JsonObject {
  const steps = scope.steps.filter((step) => step !== undefined).map(stepOf);
  return compact({ index: scope.index, open: scope.open, failure: scope.failure, closing: scope.closing, steps });
}

function stepOf(step: StepState): JsonObject {
  const { node, scope: _scope, path: _path, admitted: _admitted, adoption: _adoption, loop, ...fields } = step;
  return compact({ id: node.id, ...withoutDefaults(fields), loop: loop && loopOf(loop) });
}

/** Most fields of most steps say nothing; they are left out. */
function withoutDefaults(fields: { [name: string]: unknown }): { [name: string]: unknown } {
  return Object.fromEntries(
    Object.entries(fields).filter(
      ([name, value]) => value !== null && (name === 'output' || (value !== 0 && value !== false)),
    ),
  );
}

function loopOf(loop: LoopState): JsonObject {
  return compact({
    items: loop.itemsFile ?? loop.items,
    count: loop.count,
    concurrency: loop.concurrency,
    onItemError: loop.onItemError,
    next: loop.next,
    outputs: Array.from(loop.outputs, (output) => output ?? null),
    errors: loop.errors,
    previous: loop.previous,
    breakAt: loop.breakAt,
    closing: loop.closing,
    failedAt: loop.failedAt,
    running: [...loop.running.values()].map(scopeOf),
  });
}

function compact(fields: { [name: string]: unknown }): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as JsonObject;
}
